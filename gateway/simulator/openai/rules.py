"""What OpenAI refuses although it is well-formed, in its own words."""

from __future__ import annotations

from typing import Any

from gateway.simulator.reply import JSON
from gateway.simulator.service import Rejected

_ROLES = frozenset({"system", "developer", "user", "assistant", "tool", "function"})


def check(body: JSON) -> None:
    """Raises Rejected naming the field."""
    if not isinstance(body.get("model"), str) or not body["model"]:
        raise Rejected("you must provide a model parameter")
    messages = body.get("messages")
    if messages is None:
        raise Rejected("Missing required parameter: 'messages'.", "messages", code=_MISSING)
    if not isinstance(messages, list) or not messages:
        raise Rejected(
            "Invalid 'messages': empty array. Expected an array with minimum length 1, but got an "
            "empty array instead.",
            "messages",
            code="empty_array",
        )
    amount(body)
    if body.get("stream_options") is not None and not body.get("stream"):
        raise Rejected(
            "The 'stream_options' parameter is only allowed when 'stream' is enabled.",
            "stream_options",
        )
    for place, message in enumerate(messages):
        _message(message, place)
    _pairs(messages)


def amount(body: JSON) -> None:
    """At most 128 answers to one question."""
    number = body.get("n") or 1
    if number > _MOST:
        raise Rejected(
            f"Invalid 'n': integer above maximum value. Expected a value <= {_MOST}, but got "
            f"{number} instead.",
            "n",
            code="integer_above_max_value",
        )


_MOST = 128


def _message(message: Any, place: int) -> None:
    role = message.get("role") if isinstance(message, dict) else None
    if role not in _ROLES:
        raise Rejected(
            f"Invalid value: '{role}'. Supported values are: 'system', 'assistant', 'user', "
            "'function', 'tool', and 'developer'.",
            f"messages[{place}].role",
            code="invalid_value",
        )
    content = message.get("content")
    silent = role == "assistant" and (message.get("tool_calls") or message.get("refusal"))
    legacy = role == "assistant" and message.get("function_call")
    if content is None and not (silent or legacy or message.get("audio")):
        raise Rejected(
            f"Invalid value for 'content': expected a string, got null. (messages[{place}])",
            f"messages.[{place}].content",
        )
    if content is not None and not isinstance(content, str | list):
        raise Rejected(
            f"Invalid type for 'messages[{place}].content': expected one of a string or array of "
            "objects.",
            f"messages[{place}].content",
            code="invalid_type",
        )


def _pairs(messages: list[JSON]) -> None:
    """Each call is answered by a tool message right after the calls, and only calls are."""
    waiting: list[str] = []
    asked: set[str] = set()
    for place, message in enumerate(messages):
        if message["role"] == "tool":
            identity = message.get("tool_call_id")
            if identity not in asked:
                raise Rejected(
                    "Invalid parameter: messages with role 'tool' must be a response to a "
                    "preceeding message with 'tool_calls'.",
                    f"messages.[{place}].role",
                )
            waiting = [each for each in waiting if each != identity]
            continue
        _answered(waiting, place)
        calls = message.get("tool_calls") or []
        waiting = [str(call.get("id")) for call in calls]
        asked = set(waiting)
    _answered(waiting, len(messages))


def _answered(waiting: list[str], place: int) -> None:
    if waiting:
        raise Rejected(
            "An assistant message with 'tool_calls' must be followed by tool messages responding "
            "to each 'tool_call_id'. The following tool_call_ids did not have response messages: "
            f"{', '.join(waiting)}",
            f"messages.[{place}].role",
        )


_MISSING = "missing_required_parameter"
