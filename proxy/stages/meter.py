"""Notes what an answer used; sees what the client sees."""

from __future__ import annotations

from time import monotonic

from proxy.call import Call
from proxy.ir import Piece, Usage


def meter(call: Call, piece: Piece) -> None:
    """Writes the first piece's time and the last usage into `call`.

    A function, not a middleware: whoever takes the pieces calls it, so it costs no generator.
    """
    if call.first is None:
        call.first = monotonic()
    for event in piece.events:
        if type(event) is Usage:
            call.usage = event
