"""A tool call's input: an object on Anthropic's wire, the text of one in the IR."""

from __future__ import annotations

import json
from typing import Any

import msgspec

from proxy.dialects.base import JSON

BROKEN = (msgspec.DecodeError, RecursionError, UnicodeError)

RAW = "_raw"
"""Under this name goes text that is no JSON object, such as a call that was cut off."""


def encoded(value: Any) -> str:
    """Compact JSON, "" for an empty object; never fails for what a JSON parser gave."""
    if value == {}:
        return ""
    try:
        return msgspec.json.encode(value).decode()
    except (UnicodeError, RecursionError, msgspec.MsgspecError, OverflowError):
        return _plain(value)


def _plain(value: Any) -> str:
    try:
        return json.dumps(value, separators=(",", ":"))
    except (RecursionError, ValueError):
        return ""


def arguments(text: str) -> tuple[JSON, bool]:
    """The object in `text`, and whether there was one."""
    if not text.strip():
        return {}, True
    try:
        value = msgspec.json.decode(text)
    except BROKEN:
        return {RAW: text}, False
    return (value, True) if isinstance(value, dict) else ({RAW: text}, False)
