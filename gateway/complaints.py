"""What fails in the background: said at once, and then once a minute while it goes on."""

from __future__ import annotations

import logging
from collections.abc import Callable
from time import monotonic

log = logging.getLogger("potluck.runtime")

_SILENCE = 60.0
_MOST = 100
"""Kinds of failures remembered; beyond, some are said more often."""


class Complaints:
    """Loops look at the database every second, and a log is read by people."""

    def __init__(self, clock: Callable[[], float] = monotonic) -> None:
        self._clock = clock
        self._said: dict[str, float] = {}

    def hear(self, error: Exception) -> None:
        kind, now = repr(error), self._clock()
        if now - self._said.get(kind, -_SILENCE) < _SILENCE:
            return
        if len(self._said) >= _MOST:
            self._said.clear()
        again = kind in self._said
        self._said[kind] = now
        # The second time nobody needs to be told where it was.
        log.error(
            "background work failed%s (%s); it is tried again",
            " still" if again else "",
            type(error).__name__,
            exc_info=None if again else error,
        )
