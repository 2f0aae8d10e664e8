"""The last lines of a log in memory, numbered from 1. Pure.

What is appended is kept as it came: to put a line into words and to take secrets out of it costs
more than all the rest, and most of the time nobody looks. The first who looks has it done for all.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Callable
from datetime import UTC, datetime
from itertools import islice
from threading import Lock
from typing import NamedTuple, TypeAlias

import msgspec

SIZE = 2_000
"""Lines."""
LONGEST = 4_000
"""Characters of a line; of a longer one the beginning and the end."""

_HEAD = 1_000
_MOST = 65_536
# `proxy.app` makes them: 16 bytes, as hexadecimal digits.
_REQUEST = re.compile(r"\b[0-9a-f]{32}\b")
_WORDS = ((40, "error"), (30, "warning"), (20, "info"))
_LEVELS = {"debug": 10} | {name: least for least, name in _WORDS}

Said: TypeAlias = str | Callable[[], str]
"""A text, or what makes one when somebody looks."""

_encode = msgspec.json.Encoder().encode


class Line(msgspec.Struct, frozen=True, omit_defaults=True):
    """What a viewer sees: one line without secrets. `request` is the id of the request that it
    is about, if there is one; `process` who said it, where the lines of several are in one ring."""

    seq: int
    at: datetime
    level: str
    logger: str
    text: str
    request: str = ""
    process: str = ""


class Entry:
    """A line before anybody looked at it. `at` in seconds since 1970, `level` as logging has it.

    `own` is its number among the lines of this process, 0 for a line of another one. Of that other
    one `lost` lines before it did not arrive."""

    __slots__ = (
        "at", "json", "level", "line", "logger", "lost", "own", "process", "request", "said", "seq",
    )  # fmt: skip

    def __init__(
        self, seq: int, at: float, level: int, logger: str, said: Said, request: str
    ) -> None:
        self.seq = seq
        self.at = at
        self.level = level
        self.logger = logger
        self.said = said
        self.request = request
        self.own = 0
        self.lost = 0
        self.process = ""
        self.line: Line | None = None
        self.json: str | None = None


class Batch(NamedTuple):
    """`missed`: how many lines after the wanted number are no longer there. `last`: the number
    to go on from."""

    entries: list[Entry]
    missed: int
    last: int


class Ring:
    """Safe to append to and to read from any thread. `clean` takes the secrets out of a text;
    `bell` is called after each line while somebody watches, and must neither wait nor fail."""

    def __init__(self, clean: Callable[[str], str], *, run: str = "", size: int = SIZE) -> None:
        self.clean = clean
        self.run = run
        """Names this ring: the numbers of another one mean nothing here."""
        self.process = ""
        """Names this process, once lines of others come in."""
        self.bell: Callable[[], None] | None = None
        self._entries: deque[Entry] = deque(maxlen=size)
        self._last = 0
        self._own = 0
        self._floor = 0
        self._lock = Lock()

    @property
    def last(self) -> int:
        """The number of the newest line."""
        return self._last

    @property
    def floor(self) -> int:
        """The number of the last line that was cleared, 0 for none."""
        return self._floor

    def append(self, at: float, level: int, logger: str, said: Said, request: str = "") -> None:
        if isinstance(said, str) and len(said) > LONGEST:
            # Where it is cut a secret could be torn in two, and then not be recognised.
            said = shorten(self.clean(said[:_MOST]))
        with self._lock:
            self._last += 1
            self._own += 1
            entry = Entry(self._last, at, level, logger, said, request)
            entry.own = self._own
            self._entries.append(entry)
        if self.bell is not None:
            self.bell()

    def take(self, line: Line, lost: int) -> None:
        """A line of another process; `lost` of that one did not arrive before it."""
        at, level = line.at.timestamp(), _LEVELS.get(line.level, 20)
        with self._lock:
            self._last += 1
            entry = Entry(self._last, at, level, line.logger, line.text, line.request)
            entry.process, entry.lost = line.process, lost
            self._entries.append(entry)
        if self.bell is not None:
            self.bell()

    def after(self, seq: int, most: int = SIZE) -> Batch:
        """At most `most` lines after number `seq`, oldest first; 0: from the oldest that is there.
        What was cleared is not missed."""
        with self._lock:
            oldest = self._last - len(self._entries) + 1
            seq = min(seq, self._last)
            start = max(seq, self._floor)
            missed = max(0, oldest - 1 - start) if seq > 0 else 0
            skip = max(0, start + 1 - oldest)
            entries = list(islice(self._entries, skip, skip + most))
            return Batch(entries, missed, entries[-1].seq if entries else max(start, self._last))

    def line(self, entry: Entry) -> Line:
        """The line in words, made once."""
        if entry.line is None:
            text = shorten(self.clean(_spoken(entry.said)))
            found = None if entry.request else _REQUEST.search(text)
            entry.line = Line(
                entry.seq,
                datetime.fromtimestamp(int(entry.at * 1000) / 1000, UTC),
                word(entry.level),
                entry.logger,
                text,
                found[0] if found else entry.request,
                entry.process or self.process,
            )
            entry.said = text
        return entry.line

    def json(self, entry: Entry) -> str:
        """The line as JSON, made once."""
        if entry.json is None:
            entry.json = _encode(self.line(entry)).decode()
        return entry.json

    def clear(self) -> tuple[int, int]:
        """Shows nobody what was said so far. (how many lines, what `restore` takes)"""
        with self._lock:
            before, self._floor = self._floor, self._last
            gone = min(len(self._entries), self._last - before)
            return gone, before

    def restore(self, floor: int) -> None:
        """Undoes a `clear`, as far as the lines are still there."""
        with self._lock:
            self._floor = min(max(0, floor), self._floor)


def word(level: int) -> str:
    """40 → "error"."""
    return next((name for least, name in _WORDS if level >= least), "debug")


def shorten(text: str) -> str:
    """Of a text that is too long its beginning and, where a traceback has its reason, its end."""
    if len(text) <= LONGEST:
        return text
    return f"{text[:_HEAD]} […] {text[_HEAD - LONGEST :]}"


def _spoken(said: Said) -> str:
    if isinstance(said, str):
        return said
    try:
        return said()
    except Exception as error:
        return f"this line could not be put into words: {type(error).__name__}"
