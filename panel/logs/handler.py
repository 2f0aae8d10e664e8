"""The ring of this process, and the logging handler that fills it."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Callable

from panel.logs.ring import Ring, Said

REQUESTS = "potluck.requests"
"""The logger of `proxy.stages.transcript`. Its lines come by `hear`: all of them, whatever the
level of the log is."""


def _withheld(text: str) -> str:
    """Until logging is set up nobody has said what a secret looks like."""
    return "[…]"


ring = Ring(_withheld, run=secrets.token_hex(4))


class Tail(logging.Handler):
    """Keeps what is logged in a ring. `clean` takes secrets and control characters out."""

    def __init__(self, clean: Callable[[str], str], ring: Ring = ring) -> None:
        super().__init__()
        ring.clean = clean
        self._ring = ring
        self._words = logging.Formatter("%(message)s")

    def emit(self, record: logging.LogRecord) -> None:
        if record.name == REQUESTS:
            return
        try:
            # In words at once: arguments may change, and an exception keeps all of its frames.
            text = self._words.format(record)
        except Exception:
            self.handleError(record)
            return
        self._ring.append(record.created, record.levelno, record.name, text)


def hear(at: float, request: str, failed: bool, said: Said) -> None:
    """One line about one request of the model API; put into words when somebody looks."""
    ring.append(at, logging.WARNING if failed else logging.INFO, REQUESTS, said, request)
