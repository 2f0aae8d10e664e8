"""A whole answer becomes a stream that says exactly the same."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import aclosing

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from proxy.errors import ErrorKind, GatewayError
from proxy.ir import (
    Batch,
    Close,
    Code,
    Delta,
    Dialect,
    Finish,
    FinishReason,
    Media,
    Opaque,
    Open,
    Piece,
    Refusal,
    Request,
    Signature,
    Start,
    Text,
    Thinking,
    ToolCall,
    Usage,
    compose,
)
from proxy.stages.anti_truncation import anti_truncation
from proxy.stages.fake_stream import LEAST, MOST, fake_stream, slices
from tests.proxy.stages.scripted import LENGTH, QUESTION, STOP, Scripted, heard, said, text

LONG = "The fox is quick and brown, the dog is lazy. " * 40
PROOF = Signature(Dialect.GEMINI, "cHJvb2Y=")
OWN = Opaque(Dialect.GEMINI, {"a": 1})
ANSWER: Batch = [
    Start("1", "m"),
    Open(0, Thinking("", opaque=OWN)),
    Delta(0, LONG),
    Close(0, PROOF),
    Open(1, Text(LONG, opaque=OWN)),
    Delta(1, LONG),
    Close(1),
    Open(2, ToolCall("1", "f", "", signature=PROOF)),
    Delta(2, f'{{"a": "{LONG}"}}'),
    Close(2, PROOF),
    Open(3, Media("image/png", "aGk=" * 900)),
    Close(3),
    Open(4, Code(LONG)),
    Close(4),
    Open(5, Refusal(LONG)),
    Close(5),
    Usage(1, 2, 3, 4, OWN),
    Finish(FinishReason.TOOL_CALLS, "tool_calls", opaque=OWN),
]


def joined(events: Batch) -> Batch:
    """The same answer with all that a part says in its Open."""
    found: Batch = []
    opened: dict[int, int] = {}
    for event in events:
        if isinstance(event, Delta):
            before = found[opened[event.index]]
            assert isinstance(before, Open)
            field = "arguments" if isinstance(before.part, ToolCall) else "text"
            value = getattr(before.part, field) + event.text
            found[opened[event.index]] = replace(
                before, part=replace(before.part, **{field: value})
            )
            continue
        if isinstance(event, Open):
            opened[event.index] = len(found)
        found.append(event)
    return found


@pytest.mark.parametrize("whole", [False, True])
async def test_the_pieces_add_up_to_the_answer(whole: bool) -> None:
    exchange = Scripted(ANSWER, whole=whole)
    pieces = [piece async for piece in fake_stream()(exchange)(QUESTION)]
    events = [event for piece in pieces for event in piece.events]
    assert joined(events) == joined(ANSWER)
    assert exchange.asked == [replace(QUESTION, stream=False, usage_wanted=False)]
    assert len(pieces) >= 4 * len(LONG) // MOST
    for piece in pieces:
        spoken = [one for one in piece.events if isinstance(one, Delta) and one.index in (0, 1, 5)]
        assert sum(len(delta.text) for delta in spoken) <= MOST


async def test_everything_but_speech_stays_in_one() -> None:
    events = await heard(fake_stream(), Scripted(ANSWER, whole=True))
    for event in (*ANSWER[:2], ANSWER[3], *ANSWER[7:14], *ANSWER[16:]):
        assert event in events


async def test_a_short_answer_is_one_piece() -> None:
    exchange = Scripted(said("Hi", usage=Usage(1)), whole=True)
    [piece] = [piece async for piece in fake_stream()(exchange)(QUESTION)]
    assert piece.events == said("Hi", usage=Usage(1))


async def test_an_error_stays_the_error_it_is() -> None:
    error = GatewayError(ErrorKind.POOL_COOLING, "Rest.", retry_after=9)
    exchange = Scripted([error])
    with pytest.raises(GatewayError) as caught:
        await heard(fake_stream(), exchange, replace(QUESTION, usage_wanted=True))
    assert exchange.asked == [replace(QUESTION, stream=False)]
    assert caught.value is error


async def test_a_client_that_leaves_closes_the_upstream() -> None:
    exchange = Scripted(ANSWER, whole=True)
    async with aclosing(fake_stream()(exchange)(QUESTION)) as pieces:
        await anext(pieces)
        assert exchange.closed == 0
    assert exchange.closed == 1


async def test_who_wants_no_stream_gets_none() -> None:
    question = replace(QUESTION, stream=False)
    exchange = Scripted(ANSWER, whole=True)
    [piece] = [piece async for piece in fake_stream()(exchange)(question)]
    assert (piece.events, exchange.asked[0]) == (ANSWER, question)
    assert exchange.asked[0] is question


async def test_what_passes_untouched_stays() -> None:
    async def exchange(request: Request) -> AsyncGenerator[Piece, None]:
        yield Piece(ANSWER, b"raw")

    [piece] = [piece async for piece in fake_stream()(exchange)(QUESTION)]
    assert (piece.events, piece.raw) == (ANSWER, b"raw")


async def test_a_cut_answer_is_patched_before_it_is_streamed() -> None:
    tale = ", ".join(map(str, range(400)))
    exchange = Scripted(said(tale[:700], finish=LENGTH), said(tale[650:]), whole=True)
    stage = compose(exchange, fake_stream(), anti_truncation(3))
    pieces = [piece async for piece in stage(QUESTION)]
    events = [event for piece in pieces for event in piece.events]
    assert (text(events), events[-1]) == (tale, STOP)
    assert [asked.stream for asked in exchange.asked] == [False, False]


@given(st.text("a é\u0301\u200d👩‍🚀字\n", max_size=900))
def test_slices_add_up_and_are_small(text: str) -> None:
    found = slices(text)
    assert "".join(found) == text
    assert all(0 < len(some) <= MOST for some in found)
    assert all(len(some) >= LEAST for some in found[:-1])


def test_a_slice_ends_behind_a_blank() -> None:
    assert all(some.endswith(" ") for some in slices(LONG)[:-1])


@pytest.mark.parametrize("sign", ["e\u0301", "👩\u200d🚀", "❤\ufe0f"])
def test_no_sign_is_torn(sign: str) -> None:
    for shift in range(len(sign)):
        found = slices("x" * shift + sign * 200)
        assert all(some.endswith(sign[-1]) for some in found)
