"""Which lines a viewer wants, and what it may say. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal, get_args

import msgspec

from panel.logs.ring import Entry, Line, Ring

Level = Literal["debug", "info", "warning", "error"]
LEVELS: tuple[Level, ...] = get_args(Level)
LONGEST = 200
"""Characters of a text that is looked for."""

_LEAST = {"debug": 0, "info": 20, "warning": 30, "error": 40}

Text = Annotated[str, msgspec.Meta(max_length=LONGEST)]
Number = Annotated[int, msgspec.Meta(ge=0, lt=2**53)]


class Wanted(msgspec.Struct, frozen=True):
    """Lines of a level or above it that have `text` in them, in whatever case."""

    level: Level = "info"
    text: str = ""

    def takes(self, ring: Ring, entry: Entry) -> bool:
        if entry.level < _LEAST[self.level]:
            return False
        return not self.text or self._has(ring.line(entry))

    def _has(self, line: Line) -> bool:
        text = self.text.lower()
        if text in line.text.lower() or text in line.logger or text in line.request:
            return True
        return text in line.process.lower()


class Asked(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A message of a viewer. A `token` comes first, if at all; `ping` is answered with `pong`;
    anything else changes what is wanted and starts again after number `after` of ring `run`."""

    token: Annotated[str, msgspec.Meta(max_length=4_096)] = ""
    ping: Number | None = None
    level: Level | None = None
    text: Text | None = None
    after: Number | None = None
    run: Text = ""

    @property
    def filters(self) -> bool:
        return (self.level, self.text, self.after) != (None, None, None)


class _Address(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    level: Level | None = None
    text: Text | None = None
    after: Number | None = None
    run: Text = ""


class Wrong(ValueError):
    """What was asked makes no sense; the text says why."""


_decode = msgspec.json.Decoder(Asked).decode


def message(text: str) -> Asked:
    """Raises Wrong."""
    try:
        return _decode(text)
    except (msgspec.DecodeError, UnicodeError) as error:
        raise Wrong(str(error)) from None


def address(query: Mapping[str, str]) -> Asked:
    """The same in an address, where no token may stand. Raises Wrong."""
    try:
        found = msgspec.convert(dict(query), _Address, strict=False)
    except msgspec.ValidationError as error:
        raise Wrong(str(error)) from None
    return Asked(level=found.level, text=found.text, after=found.after, run=found.run)


def chosen(query: Mapping[str, Any]) -> Wanted:
    """What a page was asked for; what makes no sense is left out."""
    level: Level = next((each for each in LEVELS if each == query.get("level")), "info")
    return Wanted(level, str(query.get("text", "")).strip()[:LONGEST])


def changed(wanted: Wanted, asked: Asked) -> Wanted:
    level = wanted.level if asked.level is None else asked.level
    return Wanted(level, wanted.text if asked.text is None else asked.text.strip())
