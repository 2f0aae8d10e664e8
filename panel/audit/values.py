"""What an entry keeps of a change: plain JSON, of a bounded size, without secrets. Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from enum import Enum
from typing import Any

from keys.records import clean

LONGEST = 20_000
"""Characters of one text: as long as a setting may be, so that it can be brought back."""
_WHOLE = 48_000
_SHORT = 300
_ITEMS = 200
_DEEP = 4

HIDDEN = "•••"
CUT = "…"

_NAMES = re.compile(
    r"(^|_)(password|secret|token|api_?keys?|private_key|authorization|cookie|document)$", re.I
)
_FORMS = re.compile(
    r"""
      (?P<form> \bsk-(?=[\w-]{16}) | \bAIza(?=[\w-]{16}) | \bAQ\.(?=[\w-]{16}) | \bya29\.
              | \b1//0(?=[\w-]{16}) | \bxai-(?=\w{16}) | \bgsk_(?=\w{16}) | \beyJ(?=[\w-]{16})
              | \bGOCSPX-(?=\w{8}) )
      [\w.\-/]+
    | (?P<user> \w://[^\s:/@]*: ) [^\s@/]+ (?=@)
    """,
    re.VERBOSE,
)


def safe(values: Mapping[str, Any]) -> dict[str, Any]:
    """The same as JSON values; what is too long is cut, what looks like a secret is hidden."""
    found: dict[str, Any] = _plain(values, LONGEST, 0)
    if len(text(found)) > _WHOLE:
        found = _fitting(_plain(values, _SHORT, 0))
    return found


def text(values: Mapping[str, Any]) -> str:
    """As it is stored and sealed."""
    return json.dumps(values, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def read(stored: str) -> dict[str, Any]:
    """{} for what is no object: somebody has changed it."""
    try:
        found = json.loads(stored)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def masked(words: str) -> str:
    """Without what is a secret by its form."""
    return _FORMS.sub(lambda found: f"{found[found.lastgroup or 0]}{HIDDEN}", words)


def whole(value: Any) -> bool:
    """Whether a text was kept as it was, so that it can be brought back."""
    return isinstance(value, str) and HIDDEN not in value and not value.endswith(CUT)


def _plain(value: Any, room: int, depth: int) -> Any:
    match value:
        case None | bool() | int():
            return value
        case float():
            return value if value == value and abs(value) != float("inf") else str(value)
        case str():
            return _cut(masked(value), room)
        case datetime() | date():
            return value.isoformat()
        case Enum():
            return _plain(value.value, room, depth)
        case Mapping() if depth < _DEEP:
            return _object(value, room, depth)
        case list() | tuple() | set() | frozenset() if depth < _DEEP:
            return _list(value, room, depth)
        case _:
            return _cut(masked(str(value)), room)


def _object(values: Mapping[Any, Any], room: int, depth: int) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in list(values.items())[:_ITEMS]:
        label = clean(str(name), 200)
        hide = isinstance(value, str) and value and _NAMES.search(label)
        found[label] = HIDDEN if hide else _plain(value, room, depth + 1)
    return found


def _list(values: Iterable[Any], room: int, depth: int) -> list[Any]:
    items = sorted(values, key=str) if isinstance(values, set | frozenset) else list(values)
    found = [_plain(each, room, depth + 1) for each in items[:_ITEMS]]
    return [*found, CUT] if len(items) > _ITEMS else found


def _cut(words: str, room: int) -> str:
    return clean(words, room) if len(words) <= room else clean(words, room - 1) + CUT


def _fitting(values: dict[str, Any]) -> dict[str, Any]:
    """The first fields, as many as there is room for."""
    found: dict[str, Any] = {}
    used = 0
    for name, value in values.items():
        used += len(text({name: value}))
        if used > _WHOLE:
            return {**found, CUT: len(values) - len(found)}
        found[name] = value
    return found
