"""JSON objects as the text that `ToolCall.arguments` and tool results hold."""

from __future__ import annotations

import json
from typing import Any

import msgspec

from proxy.dialects.base import JSON

_DECODE_ERRORS = (msgspec.DecodeError, RecursionError, UnicodeError)
_BLANKS = " \t\n\r"


def encoded(value: Any) -> str:
    """Compact JSON; never fails for what a JSON parser gave."""
    try:
        return msgspec.json.encode(value).decode()
    except (UnicodeError, RecursionError, msgspec.MsgspecError, OverflowError):
        return _plain(value)


def _plain(value: Any) -> str:
    try:
        return json.dumps(value, separators=(",", ":"))
    except (RecursionError, ValueError):
        return "{}"


def decoded(text: str) -> JSON | None:
    """The object in `text`, None if there is none."""
    if not text.lstrip(_BLANKS).startswith("{"):
        return None
    try:
        value = msgspec.json.decode(text)
    except _DECODE_ERRORS:
        return None
    return value if isinstance(value, dict) else None


def arguments(text: str) -> tuple[JSON, bool]:
    """A call's arguments as the object that Gemini needs, and whether `text` was one.

    A model that was cut off leaves broken JSON: it is kept whole under `_raw`.
    """
    if not text.strip():
        return {}, True
    value = decoded(text)
    return ({"_raw": text}, False) if value is None else (value, True)
