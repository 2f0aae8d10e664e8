"""Orders: how they are spelt, and what they do to an answer."""

from __future__ import annotations

import math

import pytest

from gateway.simulator import faults
from gateway.simulator.faults import Breakage, Order, Refusal, Twist, UnknownOrder
from gateway.simulator.reply import End, stream, whole

STREAM = stream([b"one", b"two", b"three", b"four"])


@pytest.mark.parametrize(
    ("name", "order"),
    [
        ("429-minute", Order(Refusal.MINUTE)),
        ("cut", Order(Breakage.CUT)),
        ("cut-early", Order(Breakage.CUT_EARLY)),
        ("slow-2", Order(Breakage.SLOW, 2)),
        ("slow-0.5", Order(Breakage.SLOW, 0.5)),
        ("tokens-50", Order(Twist.TOKENS, 50)),
        ("block-answer", Order(Twist.BLOCK_ANSWER)),
    ],
)
def test_orders_have_names(name: str, order: Order) -> None:
    assert faults.parse(name) == order
    assert faults.ordered(f"sim-{name}") == order
    assert faults.ordered(f"gemini-3-pro-sim-{name}") == order
    assert faults.ordered(f"provider/sim-{name}") == order


@pytest.mark.parametrize("name", ["", "typo", "slow", "slow-", "slow-x", "tokens", "cut-5"])
def test_unknown_orders_are_refused(name: str) -> None:
    with pytest.raises(UnknownOrder):
        faults.parse(name)


@pytest.mark.parametrize("model", ["gemini-2.5-pro", "simple-cut", "gpt-5-simcut"])
def test_other_names_order_nothing(model: str) -> None:
    assert faults.ordered(model) is None


@pytest.mark.parametrize(
    ("kind", "pieces", "end"),
    [
        (Breakage.CUT, (b"one", b"two"), End.CUT),
        (Breakage.CUT_EARLY, (), End.CUT),
        (Breakage.STALL, (b"one",), End.STALL),
        (Breakage.ERROR_MIDSTREAM, (b"one", b"two", b"oops"), End.DONE),
        (Breakage.SLOW, STREAM.pieces, End.DONE),
    ],
)
def test_a_stream_breaks(kind: Breakage, pieces: tuple[bytes, ...], end: End) -> None:
    reply = faults.broken(STREAM, Order(kind), b"oops")
    assert (reply.pieces, reply.end) == (pieces, end)


def test_an_answer_in_one_piece_is_cut_in_the_middle() -> None:
    assert faults.broken(whole({}), Order(Breakage.CUT), b"").pieces == (b"{",)


def test_an_answer_in_one_piece_has_no_middle_for_an_error() -> None:
    assert faults.broken(whole({}), Order(Breakage.ERROR_MIDSTREAM), b"oops") == whole({})


def test_delays_are_in_seconds() -> None:
    assert faults.broken(STREAM, Order(Breakage.SLOW, 1.5), b"").delay == 1.5
    assert math.isinf(faults.broken(STREAM, Order(Breakage.HANG), b"").delay)


def test_garbage_is_not_json() -> None:
    (piece,) = faults.broken(STREAM, Order(Breakage.GARBAGE), b"").pieces
    assert piece.startswith(b"<")
