"""Changes JSON and bytes, mostly keeping the shape, so that parsers get past their first line."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from typing import Any

import msgspec

ODD: Sequence[Any] = (
    *(None, True, False, 0, 1, -1, 2.5, 1e300, 2**53, 2**63, -(2**63), 10**40),
    *("", "a", "0", "\u2028", "\x00", "\ud7ff\ue000", "😀é", "{", '{"a":', "```", "x" * 300),
    *([], {}, [[]], [None], {"": None}, [{}], {"type": None}, {"type": "text"}, "auto", "null"),
)
DEEP = (20, 200, 900)
KEEP = 4_096
"""Values remembered of what was seen, to be put elsewhere."""


class Mutator:
    """Seeded, so that a run can be had again. `learn` what inputs hold before mutating."""

    def __init__(self, dice: random.Random) -> None:
        self._dice = dice
        self._values: list[Any] = list(ODD)
        self._keys: list[str] = ["type", "content", "index", "id", "name", "text"]
        self._seen: set[str] = set(self._keys)

    def learn(self, data: bytes) -> None:
        for line in data.splitlines():
            value = _decoded(line.removeprefix(b"data: "))
            if value is not None:
                self._learn(value)
        if (value := _decoded(data)) is not None:
            self._learn(value)

    def _learn(self, value: Any, depth: int = 0) -> None:
        if len(self._values) < KEEP:
            self._values.append(value)
        if depth > 8:
            return
        if isinstance(value, dict):
            for key in value.keys() - self._seen:
                self._seen.add(key)
                self._keys.append(key)
        for below in _below(value):
            self._learn(below, depth + 1)

    def mutated(self, data: bytes) -> bytes:
        for _ in range(self._dice.choice((1, 1, 2, 5))):
            data = self._once(data)
        return data

    def _once(self, data: bytes) -> bytes:
        if self._dice.random() < 0.15:
            return self._bytes(data)
        value = _decoded(data)
        if value is not None:
            return _encoded(self._value(value))
        return self._line(data)

    def _line(self, data: bytes) -> bytes:
        """One event of a stream: its JSON changes, it goes, comes twice, or elsewhere."""
        lines = data.split(b"\n")
        at = self._dice.randrange(len(lines))
        head, found, wire = lines[at].partition(b"data: ")
        value = _decoded(wire) if found else None
        if value is not None and self._dice.random() < 0.7:
            lines[at] = head + found + _encoded(self._value(value))
            return b"\n".join(lines)
        match self._dice.randrange(4):
            case 0:
                del lines[at]
            case 1:
                lines.insert(self._dice.randrange(len(lines) + 1), lines[at])
            case 2:
                lines[at] = self._dice.choice((b"", b"data: [DONE]", b": x", b"event: error", b"x"))
            case _:
                lines = lines[: at + 1]
        return b"\n".join(lines)

    def _bytes(self, data: bytes) -> bytes:
        at = self._dice.randrange(len(data) + 1)
        end = min(len(data), at + self._dice.choice((0, 1, 1, 4, 40)))
        odd = (
            b"",
            b"\n",
            b"\r",
            b"\r\n\r\n",
            b"\xff",
            b"\xef\xbb\xbf",
            b"data: ",
            b"}",
            b'"',
            b"[",
        )
        return data[:at] + self._dice.choice((*odd, data[at:end] * 2)) + data[end:]

    def _value(self, value: Any) -> Any:
        """One place of the value is changed."""
        if not _below(value) or self._dice.random() < 0.12:
            return self._other(value)
        if isinstance(value, list):
            return self._list(list(value))
        return self._dict(dict(value))

    def _list(self, items: list[Any]) -> list[Any]:
        at = self._dice.randrange(len(items))
        match self._dice.randrange(8):
            case 0:
                del items[at]
            case 1:
                items.insert(self._dice.randrange(len(items) + 1), items[at])
            case 2:
                items.insert(at, self._dice.choice(self._values))
            case _:
                items[at] = self._value(items[at])
        return items

    def _dict(self, box: dict[str, Any]) -> dict[str, Any]:
        key = self._dice.choice(list(box))
        match self._dice.randrange(10):
            case 0:
                del box[key]
            case 1:
                box[self._dice.choice(self._keys)] = box.pop(key)
            case 2:
                box[self._dice.choice(self._keys)] = self._dice.choice(self._values)
            case _:
                box[key] = self._value(box[key])
        return box

    def _other(self, value: Any) -> Any:
        changes: tuple[Callable[[], Any], ...] = (
            lambda: self._dice.choice(ODD),
            lambda: self._dice.choice(self._values),
            lambda: self._dice.choice(self._keys),
            lambda: [value],
            lambda: {self._dice.choice(self._keys): value},
            lambda: self._text(value),
            lambda: self._deep(value),
        )
        return self._dice.choices(changes, (6, 6, 2, 2, 2, 4, 1))[0]()

    def _text(self, value: Any) -> Any:
        if not isinstance(value, str):
            return str(value)[:200]
        at = self._dice.randrange(len(value) + 1)
        return value[:at] + self._dice.choice(("", "\u2028", "é", '"', "\\", "\n")) + value[at:]

    def _deep(self, value: Any) -> Any:
        key = self._dice.choice(self._keys)
        for _ in range(self._dice.choice(DEEP)):
            value = {key: value} if self._dice.random() < 0.5 else [value]
        return value


def _below(value: Any) -> list[Any]:
    if isinstance(value, dict):
        return list(value.values())
    return value if isinstance(value, list) else []


def _decoded(data: bytes) -> Any:
    try:
        value = msgspec.json.decode(data)
    except (msgspec.DecodeError, RecursionError, UnicodeError):
        return None
    return value if isinstance(value, dict | list) else None


def _encoded(value: Any) -> bytes:
    try:
        return msgspec.json.encode(value)
    except (msgspec.EncodeError, RecursionError, OverflowError, UnicodeError):
        return b"{}"
