"""JSON objects as the text that `ToolCall.arguments` and tool results hold."""

from __future__ import annotations

import json
from typing import Any

import msgspec

from proxy.dialects.base import JSON

BROKEN = (msgspec.DecodeError, RecursionError, UnicodeError)
"""What msgspec raises for a text that is no JSON."""

RAW = "_raw"
"""Under this name goes text that is no JSON object, such as a call that was cut off."""

_BLANKS = " \t\n\r"


def encoded(value: Any, empty: str = "{}") -> str:
    """Compact JSON; never fails for what a JSON parser gave.

    `empty` is the text for an empty object, and for a value too deep to be written.
    """
    if value == {}:
        return empty
    try:
        return msgspec.json.encode(value).decode()
    except (UnicodeError, RecursionError, msgspec.MsgspecError, OverflowError):
        return _plain(value, empty)


def _plain(value: Any, empty: str) -> str:
    try:
        return json.dumps(value, separators=(",", ":"))
    except (RecursionError, ValueError):
        return empty


def decoded(text: str) -> JSON | None:
    """The object in `text`, None if there is none."""
    if not text.lstrip(_BLANKS).startswith("{"):
        return None
    try:
        value = msgspec.json.decode(text)
    except BROKEN:
        return None
    return value if isinstance(value, dict) else None


def arguments(text: str) -> tuple[JSON, bool]:
    """A call's arguments as an object, and whether `text` was one; blank text is an empty one.

    A model that was cut off leaves broken JSON: it is kept whole under `RAW`.
    """
    if not text.strip():
        return {}, True
    value = decoded(text)
    return ({RAW: text}, False) if value is None else (value, True)
