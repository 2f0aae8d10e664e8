"""What a response object repeats of its request, with OpenAI's defaults for what was not said."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from proxy.dialects.base import JSON
from proxy.dialects.openai_responses import keeping, request
from proxy.ir import Request, Role, Text

_TEXT: JSON = {"format": {"type": "text"}, "verbosity": "medium"}
_DEFAULTS: Mapping[str, Any] = {
    "instructions": None,
    "max_output_tokens": None,
    "max_tool_calls": None,
    "metadata": {},
    "parallel_tool_calls": True,
    "prompt_cache_key": None,
    "safety_identifier": None,
    "service_tier": "default",
    "store": True,
    "temperature": 1.0,
    "tool_choice": "auto",
    "tools": [],
    "top_logprobs": 0,
    "top_p": 1.0,
    "truncation": "disabled",
    "user": None,
}
_REASONING: JSON = {"effort": None, "summary": None}
# Whatever was asked for: nothing goes on in the background, and the conversation before has become
# a part of the question.
_FIXED: JSON = {"background": False, "previous_response_id": None}


def echo(asked: Request) -> JSON:
    said = request.settings(asked, [])
    out = {name: _or(said.get(name), default) for name, default in _DEFAULTS.items()}
    out["instructions"] = _instructions(asked)
    out["reasoning"] = _REASONING | (said.get("reasoning") or {})
    out["text"] = _TEXT | (said.get("text") or {})
    return out | _FIXED


def _or(value: Any, default: Any) -> Any:
    return default if value is None else value


def _instructions(asked: Request) -> str | None:
    for turn in asked.turns[:1]:
        first = turn.parts[0] if turn.parts else None
        told = keeping.shape(turn.opaque).get("field") == "instructions"
        if turn.role is Role.SYSTEM and told and isinstance(first, Text):
            return first.text
    return None
