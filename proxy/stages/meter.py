"""Notes what an answer used and how it ended; sees what the client sees."""

from __future__ import annotations

from time import monotonic

from proxy.call import Call
from proxy.ir import Finish, Piece, Usage


def meter(call: Call, piece: Piece) -> None:
    """Writes the first piece's time, the last usage and the finish into `call`.

    A function, not a middleware: whoever takes the pieces calls it, so it costs no generator.
    """
    if call.first is None:
        call.first = monotonic()
    for event in piece.events:
        if type(event) is Usage:
            call.usage = event
        elif type(event) is Finish:
            call.finish = event
