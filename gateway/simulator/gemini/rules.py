"""What the Gemini API refuses although it is well-formed, in the API's own words.

Each of these was met by users of gateways that translated badly. Sources: recorded
traffic and public issue threads (google-gemini/gemini-cli #7410 for the count of
responses, lbjlaq/Antigravity-Manager #2157 for the missing signature).
"""

from __future__ import annotations

import re
from typing import Any

from gateway.simulator import seal
from gateway.simulator.gemini.models import traits
from gateway.simulator.question import unbase64
from gateway.simulator.reply import JSON
from gateway.simulator.service import Rejected

BYPASSES = frozenset({"skip_thought_signature_validator", "context_engineering_is_the_way_to_go"})
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_.:-]{0,63}")


def check(body: JSON, model: str) -> None:
    """`body` is a GenerateContentRequest with checked fields; raises Rejected."""
    contents = body.get("contents") or []
    if not contents:
        raise Rejected("* GenerateContentRequest.contents: contents is not specified\n")
    for place, content in enumerate(contents):
        _content(content, place)
    _pairs(contents)
    _declarations(body.get("tools") or [])
    _mixture(body, third=traits(model).third)
    _config(body.get("generationConfig") or {})
    if traits(model).third:
        _signatures(contents)


def _content(content: JSON, place: int) -> None:
    if content.get("role", "user") not in {"user", "model", "function"}:
        raise Rejected("Please use a valid role: user, model.")
    parts = content.get("parts") or []
    where = f"GenerateContentRequest.contents[{place}].parts"
    if not parts:
        raise Rejected(f"* {where}: contents.parts must not be empty.\n")
    for number, part in enumerate(parts):
        if not part.keys() - {"thought", "thoughtSignature", "partMetadata"}:
            message = "required oneof field 'data' must have one initialized field"
            raise Rejected(f"* {where}[{number}].data: {message}\n")
        _function(part, f"{where}[{number}]")
        _bytes(part, f"contents[{place}].parts[{number}]")


def _function(part: JSON, where: str) -> None:
    for field, name in (
        ("functionCall", "function_call"),
        ("functionResponse", "function_response"),
    ):
        if field in part and not part[field].get("name"):
            raise Rejected(f"* {where}.{name}.name: Name cannot be empty.\n")
    for field, key in (("functionCall", "args"), ("functionResponse", "response")):
        if field in part and not isinstance(part[field].get(key, {}), dict):
            kind = "type.googleapis.com/google.protobuf.Struct"
            raise Rejected(f"Invalid value at '{where}.{field}.{key}' ({kind})")


def _bytes(part: JSON, where: str) -> None:
    fields = [("thought_signature", part.get("thoughtSignature"))]
    if "inlineData" in part:
        fields.append(("inline_data.data", part["inlineData"].get("data", "")))
        if not part["inlineData"].get("mimeType"):
            raise Rejected("Unable to process input image: mime_type is not set.")
    for name, value in fields:
        if value is None:
            continue
        try:
            unbase64(value)
        except (ValueError, AttributeError) as error:
            failure = f"(TYPE_BYTES), Base64 decoding failed for {str(value)[:40]!r}"
            raise Rejected(f"Invalid value at '{where}.{name}' {failure}") from error


def _pairs(contents: list[JSON]) -> None:
    """The calls of a turn are answered in the very next content, all of them.

    A model's turn may be spread over several contents: Google's own SDK sends one for each chunk.
    """
    calls = 0
    for content in contents:
        if content.get("role") == "model":
            calls += _count(content, "functionCall")
            continue
        answers = _count(content, "functionResponse")
        if answers and not calls:
            raise Rejected(
                "Please ensure that function response turn comes immediately after a function "
                "call turn."
            )
        if calls and answers != calls:
            raise Rejected(
                "Please ensure that the number of function response parts is equal to the number "
                "of function call parts of the function call turn."
            )
        calls = 0


def _count(content: JSON, field: str) -> int:
    return sum(field in part for part in content["parts"])


def _mixture(body: JSON, *, third: bool) -> None:
    """Google's own tools beside functions: googleapis/go-genai #323, cloudwego/eino-ext #761."""
    offered = {key for tool in body.get("tools") or [] for key in tool}
    allowed = (body.get("toolConfig") or {}).get("includeServerSideToolInvocations")
    if "functionDeclarations" not in offered or len(offered) < 2 or allowed:
        return
    if not third:
        raise Rejected("Tool use with function calling is unsupported")
    raise Rejected(
        "Please enable tool_config.include_server_side_tool_invocations to use Built-in tools "
        "with Function calling."
    )


def _declarations(tools: list[JSON]) -> None:
    for number, tool in enumerate(tools):
        for place, declared in enumerate(tool.get("functionDeclarations") or []):
            where = f"GenerateContentRequest.tools[{number}].function_declarations[{place}]"
            if not _NAME.fullmatch(str(declared.get("name", ""))):
                raise Rejected(
                    f"* {where}.name: [FIELD_INVALID] Invalid function name. Must start with a "
                    "letter or an underscore. Must be alphanumeric (a-z, A-Z, 0-9), underscores "
                    "(_), dots (.), colons (:), or dashes (-), with a maximum length of 64.\n"
                )
            if "parameters" in declared and "parametersJsonSchema" in declared:
                raise Rejected(
                    f"* {where}: only one of parameters and parameters_json_schema may be set.\n"
                )
            _schema(declared.get("parameters"), f"{where}.parameters")


def _schema(schema: Any, where: str) -> None:
    """`type` is one word in Google's subset; JSON Schema's lists of types are not in it."""
    if not isinstance(schema, dict):
        return
    if isinstance(schema.get("type"), list):
        raise Rejected(
            f"Invalid JSON payload received. Unknown name \"type\" at '{where}': "
            "Proto field is not repeating, cannot start list."
        )
    inner = [schema.get("items"), *(schema.get("properties") or {}).values()]
    for each in [*inner, *(schema.get("anyOf") or [])]:
        _schema(each, where)


_MOST = 8
"""Answers to one question: https://ai.google.dev/api/generate-content#GenerationConfig."""


def _config(config: JSON) -> None:
    where = "GenerateContentRequest.generation_config"
    temperature = config.get("temperature")
    if temperature is not None and not 0 <= temperature <= 2:
        raise Rejected(f"* {where}.temperature: temperature must be in the range [0.0, 2.0].\n")
    if config.get("maxOutputTokens", 1) < 1:
        raise Rejected(f"* {where}.max_output_tokens: max_output_tokens must be positive.\n")
    if not 1 <= (config.get("candidateCount") or 1) <= _MOST:
        raise Rejected(
            f"* {where}.candidate_count: candidate_count must be in the range [1, {_MOST}].\n"
        )
    thinking = config.get("thinkingConfig") or {}
    if "thinkingBudget" in thinking and "thinkingLevel" in thinking:
        raise Rejected("You can only set only one of thinking budget and thinking level.")
    _schema(config.get("responseSchema"), f"{where}.response_schema")


def _signatures(contents: list[JSON]) -> None:
    """Of each model turn since the user last spoke, the first call must be signed.

    Earlier turns are not looked at, and calls after the first need no signature of their own.
    """
    begun = False
    for place in range(_spoken(contents) + 1, len(contents)):
        content = contents[place]
        calls = [part for part in content["parts"] if "functionCall" in part]
        if content.get("role") != "model":
            begun = False
        elif calls and not begun:
            begun = True
            _signed(calls[0], place)


def _signed(call: JSON, place: int) -> None:
    signature = call.get("thoughtSignature")
    if not signature:
        raise Rejected(
            "Function call is missing a thought_signature in functionCall parts. This is required "
            "for tools to work correctly, and missing thought_signature may lead to degraded model "
            "performance. Additional data, function call "
            f"`default_api:{call['functionCall']['name']}` , position {place + 1}. Please refer to "
            "https://ai.google.dev/gemini-api/docs/thought-signatures for more details."
        )
    if signature not in BYPASSES and not seal.genuine(signature):
        raise Rejected("Corrupted thought signature.")


def _spoken(contents: list[JSON]) -> int:
    """The place of the last user turn that is not only function responses."""
    for place in range(len(contents) - 1, -1, -1):
        content = contents[place]
        if content.get("role", "user") != "model" and not all(
            "functionResponse" in part for part in content["parts"]
        ):
            return place
    return -1
