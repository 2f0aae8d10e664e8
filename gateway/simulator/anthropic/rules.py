"""What Anthropic refuses although it is well-formed, in its own words."""

from __future__ import annotations

from typing import Any

from gateway.simulator import seal
from gateway.simulator.reply import JSON
from gateway.simulator.service import Rejected

_ROLES = frozenset({"user", "assistant", "system"})
_BUDGET = 1024


def check(body: JSON, *, counting: bool = False) -> None:
    """`counting`: a count_tokens request, which needs no `max_tokens`. Raises Rejected."""
    required = ["model", "messages"] if counting else ["model", "max_tokens", "messages"]
    for name in required:
        if body.get(name) is None:
            raise Rejected(f"{name}: Field required")
    limit = body.get("max_tokens")
    if limit is not None and (type(limit) is not int or limit < 1):
        raise Rejected("max_tokens: Input should be greater than or equal to 1")
    messages = body["messages"]
    if not isinstance(messages, list) or not messages:
        raise Rejected("messages: at least one message is required")
    for place, message in enumerate(messages):
        _message(message, place)
    _pairs(messages)
    _thinking(body)
    for place, tool in enumerate(body.get("tools") or []):
        if tool.get("type", "custom") == "custom" and "input_schema" not in tool:
            raise Rejected(f"tools.{place}.custom.input_schema: Field required")


def blocks(message: JSON) -> list[JSON]:
    """The content of a message as a list, also when it is one text."""
    content = message.get("content")
    return [{"type": "text", "text": content}] if isinstance(content, str) else content or []


def _message(message: Any, place: int) -> None:
    if not isinstance(message, dict):
        raise Rejected(f"messages.{place}: Input does not match the expected shape.")
    if message.get("role") not in _ROLES:
        raise Rejected(
            f"messages.{place}.role: Input should be 'user' or 'assistant'. Unexpected role "
            f'"{message.get("role")}". The Messages API accepts a top-level `system` parameter.'
        )
    if not isinstance(message.get("content"), str | list):
        raise Rejected(f"messages.{place}.content: Input should be a valid list")
    for number, block in enumerate(blocks(message)):
        _block(block, f"messages.{place}.content.{number}")


def _block(block: Any, where: str) -> None:
    if not isinstance(block, dict) or not isinstance(block.get("type"), str):
        raise Rejected(f"{where}.type: Field required")
    match block["type"]:
        case "text" if not block.get("text"):
            raise Rejected("messages: text content blocks must be non-empty")
        case "thinking" if not seal.genuine(str(block.get("signature", ""))):
            raise Rejected(f"{where}: Invalid `signature` in `thinking` block")
        case "tool_use" if not isinstance(block.get("input"), dict):
            raise Rejected(f"{where}.tool_use.input: Input should be a valid dictionary")
        case _:
            return


def _pairs(messages: list[JSON]) -> None:
    """Each tool_use is answered in the very next message, and only those are."""
    waiting: set[str] = set()
    for place, message in enumerate(messages):
        if message["role"] == "system":
            continue
        for number, block in enumerate(blocks(message)):
            if block["type"] != "tool_result":
                continue
            identity = str(block.get("tool_use_id"))
            if identity not in waiting:
                raise Rejected(
                    f"messages.{place}.content.{number}: unexpected `tool_use_id` found in "
                    f"`tool_result` blocks: {identity}. Each `tool_result` block must have a "
                    "corresponding `tool_use` block in the previous message."
                )
            waiting.discard(identity)
        _answered(waiting, place)
        waiting = {str(b.get("id")) for b in blocks(message) if b["type"] == "tool_use"}
    _answered(waiting, len(messages))


def _answered(waiting: set[str], place: int) -> None:
    if waiting:
        raise Rejected(
            f"messages.{place - 1}: `tool_use` ids were found without `tool_result` blocks "
            f"immediately after: {', '.join(sorted(waiting))}. Each `tool_use` block must have a "
            "corresponding `tool_result` block in the next message."
        )


def _thinking(body: JSON) -> None:
    thinking = body.get("thinking") or {}
    if thinking.get("type") != "enabled":
        return
    budget = thinking.get("budget_tokens")
    if type(budget) is not int:
        raise Rejected("thinking.enabled.budget_tokens: Field required")
    if budget < _BUDGET:
        raise Rejected(
            f"thinking.enabled.budget_tokens: Input should be greater than or equal to {_BUDGET}"
        )
    if "max_tokens" in body and budget >= body["max_tokens"]:
        raise Rejected("`max_tokens` must be greater than `thinking.budget_tokens`.")
