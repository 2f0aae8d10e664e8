"""The meter notes the last usage of what the client sees."""

from __future__ import annotations

from proxy.call import Call
from proxy.ir import Delta, Piece, Usage
from proxy.stages.meter import meter
from tests.support.rooms import NOW


def test_a_call_has_begun_with_its_first_piece() -> None:
    call = Call(id="r", at=NOW, address="")
    assert not call.begun
    meter(call, Piece([], b"raw"))
    first = call.first
    meter(call, Piece([Delta(0, "a")]))
    assert call.begun and call.first == first


def test_the_last_usage_counts() -> None:
    call = Call(id="r", at=NOW, address="")
    meter(call, Piece([Delta(0, "a"), Usage(input=1, output=1)]))
    assert call.usage == Usage(input=1, output=1)
    meter(call, Piece([Usage(input=1, output=9), Delta(0, "b")]))
    assert call.usage == Usage(input=1, output=9)
