"""Splits a JSON array into its elements while its bytes are still coming.

Gemini's stream without `alt=sse` is `[{…}`, `\\n,\\r\\n{…}`, …, `\\n]`; the elements are
pretty-printed.
"""

from __future__ import annotations

import re

_MARK = re.compile(rb'["{}\[\]]')
_STRING = re.compile(rb'["\\]')


class Elements:
    """Feed it what follows the opening `[`, too: it needs the whole array."""

    def __init__(self) -> None:
        self._data = bytearray()
        self._at = 0
        self._start = 0
        self._depth = 0
        self._quoted = False

    def feed(self, chunk: bytes) -> list[bytes]:
        """The objects and arrays that are complete now, as JSON text."""
        self._data += chunk
        found: list[bytes] = []
        while self._step(found):
            pass
        # Only the unfinished element needs to stay.
        done = self._start if self._depth > 1 else self._at
        del self._data[:done]
        self._at -= done
        self._start = 0
        return found

    def _step(self, found: list[bytes]) -> bool:
        mark = (_STRING if self._quoted else _MARK).search(self._data, self._at)
        if mark is None:
            self._at = len(self._data)
            return False
        sign = mark[0]
        if sign == b"\\":
            if mark.end() == len(self._data):
                # What it escapes has not come yet.
                self._at = mark.start()
                return False
            self._at = mark.end() + 1
            return True
        self._at = mark.end()
        if sign == b'"':
            self._quoted = not self._quoted
        elif sign in b"{[":
            self._depth += 1
            if self._depth == 2:
                self._start = mark.start()
        else:
            self._close(found)
        return True

    def _close(self, found: list[bytes]) -> None:
        self._depth -= 1
        if self._depth == 1:
            found.append(bytes(self._data[self._start : self._at]))
