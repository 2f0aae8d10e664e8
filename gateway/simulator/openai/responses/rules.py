"""What the Responses API refuses although it is well-formed, in its own words."""

from __future__ import annotations

import re
from typing import Any

from gateway.simulator import seal
from gateway.simulator.reply import JSON
from gateway.simulator.service import Rejected

PROOFS = "reasoning.encrypted_content"
_KNOWN = frozenset(
    {"background", "context_management", "conversation", "include", "input", "instructions"}
    | {"max_output_tokens", "max_tool_calls", "metadata", "model", "moderation"}
    | {"parallel_tool_calls", "previous_response_id", "prompt", "prompt_cache_key"}
    | {"prompt_cache_options", "prompt_cache_retention", "reasoning", "safety_identifier"}
    | {"service_tier", "store", "stream", "stream_options", "temperature", "text", "tool_choice"}
    | {"tools", "top_logprobs", "top_p", "truncation", "user", "client_metadata"}
)
_ROLES = frozenset({"user", "assistant", "system", "developer"})
_SPOKEN = frozenset({"output_text", "refusal"})
_HEARD = frozenset({"input_text", "input_image", "input_file", "input_audio"})
_CALLS = {"function_call": "arguments", "custom_tool_call": "input"}
_OUTPUTS = {
    "function_call_output": ("function_call", "function call output"),
    "custom_tool_call_output": ("custom_tool_call", "custom tool call output"),
}
_PLAIN = re.compile(r"(gpt-3|gpt-4|chatgpt)")
_LEAST = 16


def check(body: JSON) -> None:
    """Raises Rejected naming the field."""
    for field in body:
        if field not in _KNOWN:
            message = f"Unknown parameter: '{field}'."
            raise Rejected(message, field, code="unknown_parameter")
    if not isinstance(body.get("model"), str) or not body["model"]:
        raise _missing("model")
    _stateless(body)
    _thinking(body)
    _limit(body)
    items = body.get("input")
    if isinstance(items, str):
        return
    if items is None:
        raise _missing("input")
    if not isinstance(items, list):
        raise Rejected(
            "Invalid type for 'input': expected one of a string or array of objects.",
            "input",
            code="invalid_type",
        )
    for place, item in enumerate(items):
        _item(item, f"input[{place}]")
    _pairs(items)
    _reasoned(items)


def reasons(model: str) -> bool:
    """Whether it is one of the models that think."""
    return _PLAIN.match(model) is None


def _stateless(body: JSON) -> None:
    """The simulator remembers nothing, as an account that did not answer the question before."""
    if previous := body.get("previous_response_id"):
        raise Rejected(
            f"Previous response with id '{previous}' not found.",
            "previous_response_id",
            code="previous_response_not_found",
        )
    if conversation := body.get("conversation"):
        raise Rejected(f"Conversation with id '{conversation}' not found.", status=404)
    if body.get("background"):
        raise Rejected("Background mode is not simulated.", "background")


def _thinking(body: JSON) -> None:
    if reasons(body["model"]):
        return
    if PROOFS in (body.get("include") or []):
        raise Rejected("Encrypted content is not supported with this model.", "include")
    if (body.get("reasoning") or {}).get("effort"):
        raise Rejected(
            "Unsupported parameter: 'reasoning.effort' is not supported with this model.",
            "reasoning.effort",
            code="unsupported_parameter",
        )


def _limit(body: JSON) -> None:
    limit = body.get("max_output_tokens")
    if limit is not None and limit < _LEAST:
        raise Rejected(
            "Invalid 'max_output_tokens': integer below minimum value. Expected a value >= "
            f"{_LEAST}, but got {limit} instead.",
            "max_output_tokens",
            code="integer_below_min_value",
        )


def _item(item: Any, where: str) -> None:
    if not isinstance(item, dict):
        raise Rejected(f"Invalid type for '{where}': expected an object.", where)
    kind = item.get("type") or ("message" if "role" in item else "item_reference")
    if kind == "message":
        _message(item, where)
    elif kind in _CALLS:
        _need(item, ("call_id", "name", _CALLS[kind]), where)
    elif kind in _OUTPUTS:
        _need(item, ("call_id", "output"), where)
        _parts(item["output"], f"{where}.output", _HEARD)
    elif kind == "reasoning":
        _proof(item)
    elif kind == "item_reference":
        raise _gone(item.get("id"))


def _need(item: JSON, fields: tuple[str, ...], where: str) -> None:
    for field in fields:
        if item.get(field) is None:
            raise _missing(f"{where}.{field}")


def _message(item: JSON, where: str) -> None:
    role = item.get("role")
    if role not in _ROLES:
        raise Rejected(
            f"Invalid value: '{role}'. Supported values are: 'assistant', 'system', 'developer', "
            "and 'user'.",
            where,
            code="invalid_value",
        )
    if item.get("content") is None:
        raise _missing(f"{where}.content")
    _parts(item["content"], f"{where}.content", _SPOKEN if role == "assistant" else _HEARD)


def _parts(content: Any, where: str, allowed: frozenset[str]) -> None:
    if isinstance(content, str):
        return
    if not isinstance(content, list):
        raise Rejected(
            f"Invalid type for '{where}': expected one of an array of objects or string.",
            where,
            code="invalid_type",
        )
    for place, part in enumerate(content):
        kind = part.get("type") if isinstance(part, dict) else None
        if kind not in allowed:
            named = ", ".join(f"'{each}'" for each in sorted(allowed))
            raise Rejected(
                f"Invalid value: '{kind}'. Supported values are: {named}.",
                f"{where}[{place}]",
                code="invalid_value",
            )


def _pairs(items: list[JSON]) -> None:
    """Each output has its call before it, and each call its output after it."""
    waiting: dict[str, str] = {}
    for item in items:
        kind = str(item.get("type"))
        if kind in _CALLS:
            waiting[item["call_id"]] = kind
        elif kind in _OUTPUTS:
            call, name = _OUTPUTS[kind]
            if waiting.pop(item["call_id"], None) != call:
                message = f"No tool call found for {name} with call_id {item['call_id']}."
                raise Rejected(message, "input")
    for identity, kind in waiting.items():
        name = "function" if kind == "function_call" else "custom tool"
        raise Rejected(f"No tool output found for {name} call {identity}.", "input")


def _proof(item: JSON) -> None:
    """Reasoning comes back with its proof, unaltered; nothing is remembered without it."""
    identity, proof = item.get("id"), item.get("encrypted_content")
    if proof is None:
        raise _gone(identity)
    reason = "Encrypted content could not be decrypted or parsed."
    if isinstance(proof, str) and seal.genuine(proof):
        if not identity or proof == seal.sign(identity):
            return
        reason = "Encrypted content item_id did not match the target item id."
    raise Rejected(
        f"The encrypted content for item {identity} could not be verified. Reason: {reason}",
        code="invalid_encrypted_content",
    )


def _reasoned(items: list[JSON]) -> None:
    """What a model thought is followed by what it said or did."""
    for item, after in zip(items, [*items[1:], {}], strict=True):
        if item.get("type") != "reasoning" or not item.get("id"):
            continue
        if (
            after.get("type") in _OUTPUTS
            or after.get("role") not in {None, "assistant"}
            or not after
        ):
            raise Rejected(
                f"Item '{item['id']}' of type 'reasoning' was provided without its required "
                "following item.",
                "input",
            )


def _gone(identity: Any) -> Rejected:
    return Rejected(
        f"Item with id '{identity}' not found. Items are not persisted when `store` is set to "
        "false. Try again with `store` set to true, or remove this item from your input.",
        "input",
        status=404,
    )


def _missing(field: str) -> Rejected:
    message = f"Missing required parameter: '{field}'."
    return Rejected(message, field, code="missing_required_parameter")
