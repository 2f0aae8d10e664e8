"""A patched answer in every dialect: what the upstream's parser gives, and what a client reads."""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator
from typing import Any

import httpx
import pytest
from msgspec.structs import replace

from proxy.dialects.base import JSON, Codec
from proxy.ir import (
    Batch,
    Close,
    Delta,
    Dialect,
    Exchange,
    Finish,
    FinishReason,
    Open,
    Piece,
    Request,
    Start,
    Text,
    Thinking,
    Usage,
    compose,
)
from proxy.registry import BY_DIALECT
from proxy.stages.anti_truncation import anti_truncation
from proxy.stages.continuation import GO_ON, Said, continued
from proxy.stages.fake_stream import fake_stream
from tests.proxy.stages.scripted import LENGTH, QUESTION, Scripted, heard, only, said, text
from tests.support.simulator import Upstream, simulated, upstream

__all__ = ["simulated", "upstream"]

# An answer of the images API has no text to be cut.
CODECS = {
    dialect.value: speaker.codec
    for dialect, speaker in BY_DIALECT.items()
    if dialect is not Dialect.OPENAI_IMAGES
}
SONG = "Zürich: " + ", ".join(f"{n} 🎶" for n in range(60)) + ". [done]"
CUTS = [(0, 100), (80, 200), (200, len(SONG))]
each_client = pytest.mark.parametrize("client", CODECS.values(), ids=CODECS.keys())
each_upstream = pytest.mark.parametrize("origin", CODECS.values(), ids=CODECS.keys())
# A completion is one text: it has no thoughts, and no turns that a wish could follow.
TURNS = {name: codec for name, codec in CODECS.items() if name != Dialect.OPENAI_COMPLETIONS}
each_talking = pytest.mark.parametrize("talking", TURNS.values(), ids=TURNS.keys())
each_way = pytest.mark.parametrize("stream", [False, True], ids=["whole", "stream"])

ASKED: dict[str, JSON] = {
    "openai_chat": {"model": "m", "messages": [{"role": "user", "content": "Count."}]},
    "openai_responses": {"model": "m", "input": "Count."},
    "anthropic": {
        "model": "m",
        "max_tokens": 9,
        "messages": [{"role": "user", "content": "Count."}],
    },
    "gemini": {"contents": [{"parts": [{"text": "Count."}]}]},
}


def wire(codec: Codec, events: Batch, question: Request) -> bytes:
    """A stream of the dialect; each event is written alone."""
    renderer = codec.event_renderer(question)
    return b"".join([*(renderer.feed([event]) for event in events), renderer.flush()])


def parsed(codec: Codec, data: bytes, size: int = 61) -> Batch:
    parser = codec.event_parser()
    events: Batch = []
    for at in range(0, len(data), size):
        events += parser.feed(data[at : at + size])
    return events + parser.flush()


def reread(codec: Codec, events: Batch, question: Request) -> Batch:
    """What went to the upstream's wire and came back from it."""
    if question.stream:
        return parsed(codec, wire(codec, events, question))
    return codec.parse_response(codec.render_response(events, question).body)


def answers(codec: Codec, question: Request) -> list[Batch]:
    found = []
    for number, (start, end) in enumerate(CUTS):
        pieces = [SONG[at : min(at + 9, end)] for at in range(start, end, 9)]
        finish = LENGTH if end < len(SONG) else Finish(FinishReason.STOP)
        events = said(*pieces, finish=finish, usage=Usage(10, 5, 4, 2), id=f"id{number}")
        found.append(reread(codec, events, question))
    return found


def check(events: Batch) -> None:
    assert text(events) == SONG
    assert [type(event) for event in events].count(Start) == 1
    assert [one.reason for one in events if type(one) is Finish] == [FinishReason.STOP]
    last = only(events, Usage)[-1]
    assert isinstance(last, Usage)
    assert (last.input, last.output) == (30, 15)


@each_way
@each_upstream
@each_client
async def test_it_reads_as_one_answer(client: Codec, origin: Codec, stream: bool) -> None:
    question = replace(QUESTION, stream=stream, usage_wanted=stream)
    exchange = Scripted(*answers(origin, question), whole=not stream)
    events = await heard(anti_truncation(5), exchange, question)
    check(events)
    told = reread(client, events, question)
    check(told)
    if not stream:
        assert len([one for one in told if isinstance(one, Open)]) == 1


@each_upstream
@each_client
async def test_so_it_does_in_a_fake_stream(client: Codec, origin: Codec) -> None:
    question = replace(QUESTION, usage_wanted=True)
    exchange = Scripted(*answers(origin, replace(question, stream=False)), whole=True)
    stage = compose(exchange, fake_stream(), anti_truncation(5))
    events = [event async for piece in stage(question) for event in piece.events]
    check(reread(client, events, question))


@each_way
@each_talking
async def test_thoughts_of_every_attempt_are_read(talking: Codec, stream: bool) -> None:
    question = replace(QUESTION, stream=stream, usage_wanted=True)
    thinking: Batch = [Open(0, Thinking("")), Delta(0, "Hm."), Close(0)]
    parts = [
        [Start("1", "m", 1), *thinking, Open(1, Text(SONG[a:b])), Close(1), Usage(10, 5), finish]
        for (a, b), finish in zip(CUTS, [LENGTH, LENGTH, Finish(FinishReason.STOP)], strict=True)
    ]
    events = await heard(anti_truncation(5), Scripted(*parts), question)
    told = reread(talking, events, question)
    check(told)
    kinds = {one.index: type(one.part) for one in told if isinstance(one, Open)}
    opened = [one.part for one in told if isinstance(one, Open)]
    thoughts = [part.text for part in opened if isinstance(part, Thinking)]
    thoughts += [one.text for one in told if type(one) is Delta and kinds[one.index] is Thinking]
    assert "".join(thoughts) == "Hm." * 3


@each_talking
@pytest.mark.parametrize("name", ASKED)
def test_the_wish_to_go_on_can_be_said(name: str, talking: Codec) -> None:
    question = CODECS[name].parse_request(ASKED[name], model="m")
    spoken = Said(0, Text(""))
    spoken.pieces.append("One, two,")
    first = json.dumps(talking.render_request(question).body)
    rendered = talking.render_request(continued(question, [spoken]))
    found = json.dumps(rendered.body)
    assert first.index("Count.") > 0
    assert found.index("Count.") < found.index("One, two,") < found.index(GO_ON)
    assert rendered.losses == talking.render_request(question).losses


PATHS = {
    Dialect.GEMINI: "/v1beta/models/sim-truncate-50:generateContent",
    Dialect.OPENAI_CHAT: "/openai/v1/chat/completions",
    Dialect.ANTHROPIC: "/anthropic/v1/messages",
}
KEYS = {"x-goog-api-key": "k", "authorization": "Bearer k", "x-api-key": "k"}


def service(base: str, codec: Codec) -> Exchange:
    """Asks the simulator over a socket."""

    async def ask(request: Request) -> AsyncGenerator[Piece, None]:
        path = PATHS[codec.name]
        if request.stream:
            path = path.replace(":generate", ":streamGenerate") + "?alt=sse"
        body: Any = codec.render_request(request).body
        headers = {"anthropic-version": "2023-06-01", **KEYS}
        async with httpx.AsyncClient(base_url=base, headers=headers) as client:
            reply = await client.post(path, json=body)
        assert reply.status_code == 200, reply.text
        if request.stream:
            yield Piece(parsed(codec, reply.content))
        else:
            yield Piece(codec.parse_response(reply.json()))

    return ask


@each_way
@pytest.mark.parametrize("dialect", PATHS)
async def test_a_service_goes_on_to_the_end(
    upstream: Upstream, dialect: Dialect, stream: bool
) -> None:
    question = replace(QUESTION, model="sim-truncate-50", stream=stream, usage_wanted=stream)
    exchange = service(upstream.base, BY_DIALECT[dialect].codec)
    pieces = anti_truncation(9)(exchange)(question)
    events = [event async for piece in pieces for event in piece.events]
    count = ", ".join(map(str, range(1, 101)))
    assert text(events) == f"Counting to one hundred: {count}. That is all."
    assert len(upstream.requests) > 2
    assert [one.reason for one in events if type(one) is Finish] == [FinishReason.STOP]


@pytest.mark.parametrize("dialect", PATHS)
async def test_a_service_is_asked_for_whole_answers_and_streamed(
    upstream: Upstream, dialect: Dialect
) -> None:
    question = replace(QUESTION, model="sim-truncate-50", usage_wanted=True)
    exchange = service(upstream.base, BY_DIALECT[dialect].codec)
    stage = compose(exchange, fake_stream(), anti_truncation(9))
    pieces = [piece async for piece in stage(question)]
    assert text([event for piece in pieces for event in piece.events]).endswith("That is all.")
    assert len(pieces) > len(upstream.requests) > 2
    assert not any("stream" in seen.path for seen in upstream.requests)
    assert not any(seen.get("stream") for seen in upstream.bodies)
