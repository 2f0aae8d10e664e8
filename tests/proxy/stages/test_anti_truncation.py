"""A cut answer goes on as one answer, and only a cut one does."""

from __future__ import annotations

from collections.abc import Sequence
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
    CodeResult,
    Delta,
    Dialect,
    Event,
    Finish,
    FinishReason,
    Foreign,
    Format,
    Media,
    Opaque,
    Open,
    Output,
    Part,
    Piece,
    Refusal,
    Request,
    Role,
    Sampling,
    Start,
    Text,
    Thinking,
    ToolCall,
    Turn,
    Usage,
)
from proxy.stages.anti_truncation import anti_truncation
from proxy.stages.continuation import GO_ON
from tests.proxy.stages.scripted import LENGTH, QUESTION, STOP, Scripted, Step, heard, only
from tests.proxy.stages.scripted import said as answer
from tests.proxy.stages.scripted import text as visible

STAGE = anti_truncation(5)
SONG = "One man went to mow, went to mow a meadow. " + ", ".join(map(str, range(60))) + ". Amen."
DOWN = GatewayError(ErrorKind.UPSTREAM_BROKEN, "It broke off.")


def cut_at(*places: int, back: int = 0, size: int = 7) -> list[Batch]:
    """The song in several answers, each but the first beginning `back` characters too early."""
    bounds = [0, *places, len(SONG)]
    found = []
    for number, end in enumerate(bounds[1:]):
        start = max(bounds[number] - (back if number else 0), 0)
        pieces = [SONG[at : min(at + size, end)] for at in range(start, end, size)]
        last = end == len(SONG)
        found.append(answer(*pieces, finish=STOP if last else LENGTH, usage=Usage(10, 5)))
    return found


@pytest.mark.parametrize("whole", [False, True])
async def test_an_answer_in_three_parts_is_one(whole: bool) -> None:
    exchange = Scripted(*cut_at(50, 120), whole=whole)
    events = await heard(STAGE, exchange)
    assert visible(events) == SONG
    assert [type(event) for event in events if type(event) not in (Delta, Usage)] == [
        Start,
        Open,
        Close,
        Finish,
    ]
    assert events[-1] == STOP
    assert only(events, Usage) == [Usage(10, 5), Usage(20, 10), Usage(30, 15)]
    assert exchange.closed == 3


@given(
    places=st.lists(st.integers(20, len(SONG) - 1), min_size=1, max_size=3, unique=True),
    back=st.one_of(st.just(0), st.integers(12, 400)),
    size=st.integers(1, 60),
    whole=st.booleans(),
)
async def test_wherever_it_is_cut_and_however_much_is_repeated(
    places: list[int], back: int, size: int, whole: bool
) -> None:
    exchange = Scripted(*cut_at(*sorted(places), back=back, size=size), whole=whole)
    events = await heard(STAGE, exchange)
    assert visible(events) == SONG
    assert len(only(events, Open)) == len(only(events, Finish)) == 1


async def test_the_model_is_shown_what_it_said_and_the_users_turns_stay() -> None:
    exchange = Scripted(*cut_at(50, 120, back=20))
    await heard(STAGE, exchange)
    wish = Turn(Role.USER, (Text(GO_ON),))
    assert exchange.asked[0] is QUESTION
    assert [asked.turns for asked in exchange.asked[1:]] == [
        (*QUESTION.turns, Turn(Role.MODEL, (Text(SONG[:50]),)), wish),
        (*QUESTION.turns, Turn(Role.MODEL, (Text(SONG[:120]),)), wish),
    ]


def with_part(part: Part, finish: Finish = LENGTH) -> Batch:
    words: Batch = [Open(0, Text("Look: ")), Delta(0, "here"), Close(0)]
    return [Start("1", "m"), *words, Open(1, part), Close(1), Usage(1, 2), finish]


UNTOUCHED = {
    "a complete answer": answer("All ", "said."),
    "a tool call": with_part(ToolCall("1", "f", '{"a"'), Finish(FinishReason.TOOL_CALLS)),
    "a cut tool call": with_part(ToolCall("1", "f", '{"a"')),
    "code": with_part(Code("print(1)")),
    "what code printed": with_part(CodeResult("1")),
    "a picture": with_part(Media("image/png", "aGk=")),
    "a refusal": with_part(Refusal("I will not")),
    "a block of the upstream's own": with_part(Foreign(Opaque(Dialect.ANTHROPIC, {"a": 1}))),
    "a blocked answer": answer("So far", finish=Finish(FinishReason.FILTERED, "SAFETY")),
    "a blocked prompt": [Start("1", "m"), Usage(3), Finish(FinishReason.FILTERED)],
    "a paused turn": answer("So far", finish=Finish(FinishReason.PAUSED)),
    "no text": [Start("1", "m"), Usage(1, 9), LENGTH],
    "blanks": answer(" ", "\n", finish=LENGTH),
    "thoughts only": [Start("1", "m"), Open(0, Thinking("Hm")), Close(0), LENGTH],
    "two candidates": [
        *answer("One", finish=LENGTH),
        Open(1, Text("Two"), 1),
        Close(1),
        Finish(FinishReason.LENGTH, choice=1),
    ],
    "words that look like a mark": answer("It is [do", "ne], [DONE], <end>, ", "data: [DONE]\n\n"),
}


@pytest.mark.parametrize("whole", [False, True])
@pytest.mark.parametrize("events", UNTOUCHED.values(), ids=UNTOUCHED.keys())
async def test_it_is_left_alone(events: Batch, whole: bool) -> None:
    exchange = Scripted(events, whole=whole)
    assert await heard(STAGE, exchange) == events
    assert exchange.asked == [QUESTION]


@pytest.mark.parametrize(
    "request_",
    [
        replace(QUESTION, sampling=Sampling(n=2)),
        replace(QUESTION, output=Output(format=Format.JSON)),
        replace(QUESTION, output=Output(format=Format.SCHEMA)),
    ],
    ids=["several candidates", "json", "schema"],
)
async def test_such_a_question_is_asked_once(request_: Request) -> None:
    events = answer("So far", finish=LENGTH)
    exchange = Scripted(events)
    assert await heard(STAGE, exchange, request_) == events


async def test_a_continuation_that_calls_a_tool_is_not_continued() -> None:
    call: Batch = [Start("2", "m"), Open(0, ToolCall("1", "f")), Delta(0, '{"a"'), Close(0), LENGTH]
    exchange = Scripted(answer("So far", finish=LENGTH), call)
    events = await heard(STAGE, exchange)
    assert events[2:] == [
        Delta(0, "So far"),
        Close(0),
        Open(1, ToolCall("1", "f")),
        Delta(1, '{"a"'),
        Close(1),
        LENGTH,
    ]


async def test_marks_in_a_continued_answer_are_text() -> None:
    parts = [
        answer("[do", finish=LENGTH),
        answer("ne] and [done]", finish=LENGTH),
        answer(" [end]"),
    ]
    assert visible(await heard(STAGE, Scripted(*parts))) == "[done] and [done] [end]"


@pytest.mark.parametrize("attempts", [0, 1, 2])
async def test_after_so_many_attempts_it_says_that_it_is_cut(attempts: int) -> None:
    exchange = Scripted(*(answer(f"{n}, ", finish=LENGTH) for n in range(9)))
    events = await heard(anti_truncation(attempts), exchange)
    assert len(exchange.asked) == attempts + 1
    assert (visible(events), events[-1]) == ("0, 1, 2, "[: 3 * (attempts + 1)], LENGTH)
    assert only(events, Finish) == [LENGTH]


async def test_a_continuation_without_news_is_the_last() -> None:
    silent: Batch = [Start("2", "m"), Usage(12, 64), LENGTH]
    exchange = Scripted(answer("So far", finish=LENGTH, usage=Usage(10, 5)), silent)
    events = await heard(STAGE, exchange)
    assert events[3:] == [Usage(10, 5), Usage(22, 69), Close(0), LENGTH]


async def test_a_client_that_leaves_is_billed_for_what_was_used() -> None:
    exchange = Scripted(*cut_at(50, 120))
    used: list[Event] = []
    async with aclosing(STAGE(exchange)(QUESTION)) as pieces:
        async for piece in pieces:
            used += only(piece.events, Usage)
            if len(exchange.asked) == 2:
                break
    assert used == [Usage(10, 5)]
    assert exchange.closed == 2


@pytest.mark.parametrize("whole", [False, True])
async def test_a_client_that_leaves_a_whole_answer_knows_the_first_usage(whole: bool) -> None:
    exchange = Scripted(*cut_at(50), whole=whole)
    used = []
    async with aclosing(STAGE(exchange)(QUESTION)) as pieces:
        async for piece in pieces:
            if used := only(piece.events, Usage):
                break
    assert (used, len(exchange.asked), exchange.closed) == ([Usage(10, 5)], 1, 1)


SILENT: dict[str, Sequence[Step]] = {
    "at once": [DOWN],
    "after its head": [Start("2", "m"), DOWN],
    "in a thought": [Start("2", "m"), Open(0, Thinking("")), Delta(0, "Hm"), DOWN],
    "before its text": [Start("2", "m"), Open(0, Text("")), DOWN],
    "in a repetition": [Start("2", "m"), Open(0, Text("")), Delta(0, SONG[20:50]), DOWN],
    "without any word": [],
}


@pytest.mark.parametrize("steps", SILENT.values(), ids=SILENT.keys())
async def test_a_continuation_that_fails_silently_leaves_the_answer_cut(
    steps: Sequence[Step],
) -> None:
    events = await heard(STAGE, Scripted(answer(SONG[:50], finish=LENGTH), steps))
    assert (visible(events), events[-1]) == (SONG[:50], LENGTH)
    assert len(only(events, Finish)) == 1


@pytest.mark.parametrize(
    ("steps", "told"),
    [
        ([Open(0, Text("")), Delta(0, " and on"), DOWN], " and on"),
        ([Open(0, Text("")), Delta(0, SONG[40:46]), DOWN], SONG[40:46]),
        ([Open(0, Text("")), Delta(0, " and on"), Close(0), DOWN], " and on"),
        ([Open(0, ToolCall("1", "f")), DOWN], ""),
    ],
    ids=["in its text", "while text is held back", "after its text", "in a call"],
)
async def test_a_continuation_that_breaks_off_is_told_as_broken(
    steps: Sequence[Step], told: str
) -> None:
    exchange = Scripted(answer(SONG[:50], finish=LENGTH), [Start("2", "m"), *steps])
    events: Batch = []
    with pytest.raises(GatewayError, match="It broke off"):
        async for piece in STAGE(exchange)(QUESTION):
            events += piece.events
    deltas = [event.text for event in events if type(event) is Delta]
    assert "".join(deltas) == SONG[:50] + told
    assert only(events, Finish) == []


@pytest.mark.parametrize("steps", [[DOWN], [*answer("So far")[:3], DOWN]], ids=["at once", "later"])
async def test_a_first_answer_that_fails_fails(steps: Sequence[Step]) -> None:
    exchange = Scripted(steps)
    with pytest.raises(GatewayError, match="It broke off"):
        await heard(STAGE, exchange)
    assert (len(exchange.asked), exchange.closed) == (1, 1)


async def test_what_passes_untouched_stays() -> None:
    events = answer("So far", finish=LENGTH)

    async def exchange(request: Request):  # type: ignore[no-untyped-def]
        yield Piece(events, b"raw")

    [piece] = [piece async for piece in STAGE(exchange)(QUESTION)]
    assert (piece.events, piece.raw) == (events, b"raw")
