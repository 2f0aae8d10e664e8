"""Streams at a walking pace: each chunk says when it was due, so a reader knows how late it is."""

from __future__ import annotations

import asyncio
import json
import re
import time
from collections import deque

from benchmarks import replies

STAMP = re.compile(rb"due (\d+\.\d{6}) for")
"""The text of a chunk; the group is `time.monotonic()` of this machine."""

_ORDER = re.compile(rb"(\d+) dishes, (\d+) a second")
_SLOTS = 10


def wish(chunks: int, rate: int) -> str:
    """What a user says to get `chunks` chunks, `rate` of them a second."""
    return f"Serve {chunks} dishes, {rate} a second"


def heard(body: bytes) -> tuple[int, int] | None:
    """(chunks, rate) when the request asks for a paced stream."""
    found = _ORDER.search(body)
    return (int(found[1]), int(found[2])) if found else None


class Metronome:
    """Writes to all streams of one rate, in ten groups so that they do not all speak at once."""

    def __init__(self, rate: int) -> None:
        self._step = 1 / rate / _SLOTS
        self._slots: list[deque[_Stream]] = [deque() for _ in range(_SLOTS)]
        self._joined = 0
        self._tick = 0
        self._started = 0.0
        self._loop = asyncio.get_running_loop()

    def join(self, transport: asyncio.WriteTransport, chunks: int) -> None:
        self._slots[self._joined % _SLOTS].append(_Stream(transport, chunks))
        self._joined += 1
        if not self._started:
            self._started = time.monotonic()
            self._wait()

    def _wait(self) -> None:
        due = self._started + (self._tick + 1) * self._step
        self._loop.call_later(max(0.0, due - time.monotonic()), self._beat, due)

    def _beat(self, due: float) -> None:
        self._tick += 1
        slot = self._slots[self._tick % _SLOTS]
        middle, last = _chunk(due, done=False), _chunk(due, done=True) + replies.LAST_FRAME
        for _ in range(len(slot)):
            stream = slot.popleft()
            if stream.write(middle, last):
                slot.append(stream)
        self._wait()


class _Stream:
    __slots__ = ("_left", "_transport")

    def __init__(self, transport: asyncio.WriteTransport, chunks: int) -> None:
        self._transport = transport
        self._left = chunks
        transport.write(replies.head("text/event-stream"))

    def write(self, middle: bytes, last: bytes) -> bool:
        """Whether there is more to come."""
        if self._transport.is_closing():
            return False
        self._left -= 1
        self._transport.write(middle if self._left else last)
        return self._left > 0


def _chunk(due: float, *, done: bool) -> bytes:
    text = f"One of the dishes, due {due:.6f} for everybody at the table. "
    data = json.dumps(replies.gemini_body(text, done=done), separators=(",", ": ")).encode()
    return replies.frame(b"data: " + data + b"\r\n\r\n")
