"""A Responses request as a neutral question."""

from __future__ import annotations

import json
from typing import Any

from gateway.simulator import tokens
from gateway.simulator.openai.responses import rules
from gateway.simulator.question import (
    Attachment,
    Choice,
    Question,
    Result,
    Thinking,
    Tool,
    data_url,
)
from gateway.simulator.reply import JSON
from gateway.simulator.service import Rejected

LOGPROBS = "message.output_text.logprobs"
_OUTPUTS = frozenset({"function_call_output", "custom_tool_call_output"})
_OURS = frozenset({"assistant"})


def question(body: JSON) -> Question:
    """Raises Rejected for whatever the service would refuse."""
    rules.check(body)
    items = listed(body["input"])
    last = _last(items)
    choice, only = _choice(body.get("tool_choice"))
    asked = next((item for item in reversed(last) if item.get("role") == "user"), {})
    builtin = {tool.get("type") for tool in body.get("tools") or []}
    include = body.get("include") or []
    return Question(
        model=body["model"],
        text=_text(asked.get("content")),
        said="".join(_text(i.get("content")) for i in items if i.get("role") in _OURS),
        attachments=tuple(a for item in last for a in _attachments(item)),
        results=tuple(_result(i, items) for i in last if i.get("type") in _OUTPUTS),
        tools=_tools(body),
        choice=choice,
        only=only,
        parallel=body.get("parallel_tool_calls") is not False,
        thinking=_thinking(body.get("reasoning") or {}),
        max_tokens=body.get("max_output_tokens"),
        logprobs=(body.get("top_logprobs") or 0) if LOGPROBS in include else None,
        schema=_schema((body.get("text") or {}).get("format") or {}),
        code="code_interpreter" in builtin,
        search=bool(builtin & {"web_search", "web_search_preview"}),
        image="image_generation" in builtin,
        prompt=prompt(body),
        media=tuple(a.modality for item in items for a in _attachments(item)),
    )


def listed(value: Any) -> list[JSON]:
    return [{"role": "user", "content": value}] if isinstance(value, str) else value


def prompt(body: JSON) -> int:
    items = listed(body["input"])
    said = [body.get("instructions") or "", *(_text(item.get("content")) for item in items)]
    rest = [item for item in items if "content" not in item and item.get("type") != "reasoning"]
    counted = [*rest, *(body.get("tools") or [])]
    told = sum(tokens.count(text) for text in said)
    return told + sum(tokens.count(json.dumps(each, ensure_ascii=False)) for each in counted)


def _last(items: list[JSON]) -> list[JSON]:
    """What was said since the model last spoke."""
    for place in range(len(items) - 1, -1, -1):
        item = items[place]
        kind = item.get("type") or ""
        ours = item.get("role") == "assistant" or kind.endswith("_call") or kind == "reasoning"
        if ours and place < len(items) - 1:
            return items[place + 1 :]
    return items


def _parts(content: Any) -> list[JSON]:
    if isinstance(content, str):
        return [{"type": "input_text", "text": content}]
    return [part for part in content or [] if isinstance(part, dict)]


def _text(content: Any) -> str:
    """The last text of a message."""
    said = [part["text"] for part in _parts(content) if str(part.get("type")).endswith("_text")]
    return said[-1] if said else ""


def _attachments(item: JSON) -> list[Attachment]:
    content = item.get("output") if item.get("type") in _OUTPUTS else item.get("content")
    found: list[Attachment] = []
    for part in _parts(content):
        try:
            attachment = _attachment(part)
        except ValueError as error:
            message = f"Invalid '{part.get('type')}'. Expected a base64-encoded data URL."
            raise Rejected(message, "input", code="invalid_value") from error
        if attachment is not None:
            found.append(attachment)
    return found


def _attachment(part: JSON) -> Attachment | None:
    match part.get("type"):
        case "input_image":
            url = part.get("image_url")
        case "input_file":
            url = part.get("file_data") or part.get("file_url")
        case _:
            return None
    return data_url(url) if url else Attachment("", uri=str(part.get("file_id", "")))


def _result(item: JSON, items: list[JSON]) -> Result:
    output = item["output"]
    text = "".join(part.get("text", "") for part in _parts(output))
    names = {each.get("call_id"): each.get("name", "") for each in items if "name" in each}
    return Result(names.get(item["call_id"], ""), text)


def _tools(body: JSON) -> tuple[Tool, ...]:
    """The client's own; the others are run by the service."""
    found: list[Tool] = []
    for place, tool in enumerate(body.get("tools") or []):
        kind = tool.get("type")
        if kind not in {"function", "custom"}:
            continue
        if not tool.get("name"):
            where = f"tools[{place}].name"
            message = f"Missing required parameter: '{where}'."
            raise Rejected(message, where, code="missing_required_parameter")
        _strict(tool)
        found.append(Tool(tool["name"], tool.get("parameters") or {}, kind == "custom"))
    return tuple(found)


def _strict(tool: JSON) -> None:
    parameters = tool.get("parameters") or {}
    if tool.get("strict") is not True or parameters.get("type") != "object":
        return
    properties = parameters.get("properties") or {}
    if parameters.get("additionalProperties") is not False:
        wrong = "'additionalProperties' is required to be supplied and to be false."
    elif set(properties) - set(parameters.get("required") or ()):
        wrong = (
            "'required' is required to be supplied and to be an array including every key in "
            "properties."
        )
    else:
        return
    raise Rejected(
        f"Invalid schema for function '{tool['name']}': In context=(), {wrong}",
        "tools[0].parameters",
        code="invalid_function_parameters",
    )


def _choice(choice: Any) -> tuple[Choice, tuple[str, ...]]:
    if isinstance(choice, str):
        return Choice(choice) if choice in set(Choice) else Choice.AUTO, ()
    if not isinstance(choice, dict):
        return Choice.AUTO, ()
    if choice.get("type") == "allowed_tools":
        names = (tool.get("name", "") for tool in choice.get("tools") or [])
        return Choice(choice.get("mode", "auto")), tuple(names)
    return Choice.REQUIRED, (choice.get("name", ""),) if choice.get("name") else ()


def _thinking(reasoning: JSON) -> Thinking:
    if not reasoning or reasoning.get("effort") == "none":
        return Thinking.OFF
    return Thinking.SHOWN if reasoning.get("summary") else Thinking.HIDDEN


def _schema(wanted: JSON) -> Any:
    match wanted.get("type"):
        case "json_schema":
            if not wanted.get("name"):
                message = "Missing required parameter: 'text.format.name'."
                raise Rejected(message, "text.format.name", code="missing_required_parameter")
            return wanted.get("schema") or {}
        case "json_object":
            return {}
        case _:
            return None
