"""What was asked, and what became of it: the simulator's memory, read by tests."""

from __future__ import annotations

import enum
import hashlib
import json
import threading
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

_KEPT = 500
_BODY_LIMIT = 4 * 1024 * 1024


class Side(enum.StrEnum):
    CLIENT = "client"
    SERVER = "server"


@dataclass(slots=True, kw_only=True)
class Exchange:
    """One request and its fate. Times are monotonic seconds; None means: not yet.

    `body` is empty when it was larger than 4 MiB; `size` and `sha256` always hold.
    """

    number: int
    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes
    size: int
    sha256: str
    started: float
    key: str = ""
    model: str = ""
    behaviour: str = ""
    status: int | None = None
    streamed: bool = False
    first_byte: float | None = None
    pieces: int = 0
    closed_by: Side | None = None
    closed_at: float | None = None

    @property
    def json(self) -> Any:
        """The body as JSON; raises ValueError if it is none."""
        return json.loads(self.body)

    @property
    def open(self) -> bool:
        return self.closed_by is None


@dataclass(slots=True)
class Journal:
    """Written by the server's thread, read from any."""

    _entries: deque[Exchange] = field(default_factory=lambda: deque(maxlen=_KEPT))
    _changed: threading.Condition = field(default_factory=threading.Condition)
    count: int = 0

    @property
    def requests(self) -> tuple[Exchange, ...]:
        """The last 500, oldest first."""
        with self._changed:
            return tuple(self._entries)

    @property
    def open(self) -> tuple[Exchange, ...]:
        return tuple(entry for entry in self.requests if entry.open)

    def begin(self, method: str, path: str, body: bytes, **seen: Any) -> Exchange:
        """`seen`: `query`, `headers` and `started`."""
        with self._changed:
            self.count += 1
            entry = Exchange(
                number=self.count,
                method=method,
                path=path,
                body=body if len(body) <= _BODY_LIMIT else b"",
                size=len(body),
                sha256=hashlib.sha256(body).hexdigest(),
                **seen,
            )
            self._entries.append(entry)
            self._changed.notify_all()
            return entry

    def wrote(self, entry: Exchange, now: float) -> None:
        with self._changed:
            entry.pieces += 1
            if entry.first_byte is None:
                entry.first_byte = now
            self._changed.notify_all()

    def close(self, entry: Exchange, side: Side | None, now: float) -> None:
        """`side` is None when the exchange failed here: then it was the server."""
        with self._changed:
            entry.closed_by, entry.closed_at = side or Side.SERVER, now
            self._changed.notify_all()

    def clear(self) -> None:
        """Forgets everything, also what is still open: the next test is not to meet it."""
        with self._changed:
            self._entries.clear()
            self._changed.notify_all()

    def wait(self, until: Callable[[tuple[Exchange, ...]], bool], timeout: float) -> bool:
        """Blocks the thread until `until(requests)`; False after `timeout` seconds."""
        with self._changed:
            return self._changed.wait_for(lambda: until(tuple(self._entries)), timeout)
