"""What holds for every dialect and anything that can be said in the IR.

`--hypothesis-profile=fuzz` looks longer.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from proxy.dialects import fences, jsontext
from proxy.dialects.anthropic import CODEC as ANTHROPIC
from proxy.dialects.base import Codec
from proxy.dialects.gemini import CODEC as GEMINI
from proxy.errors import ErrorKind, GatewayError
from proxy.ir import (
    Batch,
    Close,
    Code,
    CodeResult,
    Delta,
    Foreign,
    Media,
    Opaque,
    Open,
    Part,
    Refusal,
    Request,
    Role,
    Text,
    Thinking,
    ToolCall,
    ToolResult,
)
from proxy.registry import SPEAKERS
from tests.proxy.dialects import generated
from tests.support import hearing
from tests.support.hearing import grown

CODECS = pytest.mark.parametrize("codec", [s.codec for s in SPEAKERS], ids=lambda c: c.name.value)
ANY = settings(deadline=None, suppress_health_check=list(HealthCheck))
QUESTION = Request(model="m", turns=())


def atoms(parts: Any) -> Iterator[tuple[str, Any]]:
    """What parts say, however a dialect has cut it up."""
    for part in parts:
        match part:
            case Text(text=text) if text:
                yield "text", text
            case Refusal(text=text) if text:
                yield "refusal", text
            case Code() | CodeResult():
                yield "text", fences.block(part)
            case ToolCall():
                yield "call", (part.name, given_to(part))
            case ToolResult():
                # Where a result is one string, texts are lines of it.
                said = "".join(text for kind, text in atoms(part.parts) if kind == "text")
                yield "result", said.replace("\n", "")
                yield from (atom for atom in atoms(part.parts) if atom[0] == "media")
            case Media():
                yield "media", part.data or part.url
            case Foreign(opaque=Opaque(data={"type": "image", "source": source})):
                # Anthropic itself sends no pictures, so nobody reads ours.
                yield "media", source["data"]


def given_to(call: ToolCall) -> Any:
    """A call's arguments. A free text is one argument where there are no free texts."""
    if call.custom:
        return {"input": call.arguments}
    return jsontext.arguments(call.arguments)[0]


def digest(request: Request) -> dict[str, Any]:
    said: dict[str, Any] = {}
    for role in Role:
        parts = [part for turn in request.turns if turn.role is role for part in turn.parts]
        said[f"{role} text"] = "".join(text for kind, text in atoms(parts) if kind == "text")
    every = [atom for turn in request.turns for atom in atoms(turn.parts)]
    said["calls"] = [value for kind, value in every if kind == "call"]
    said["refusal"] = "".join(value for kind, value in every if kind == "refusal")
    for kind in ("result", "media"):
        said[kind] = sorted(value for which, value in every if which == kind)
    said["tools"] = [tool.name for tool in request.tools if hasattr(tool, "name")]
    said["stop"] = request.sampling.stop
    said["temperature"] = request.sampling.temperature
    return said


@CODECS
@ANY
@given(request=generated.requests())
def test_a_request_says_it_all_or_tells_what_it_lost(codec: Codec, request: Request) -> None:
    try:
        rendered = codec.render_request(request)
    except GatewayError as error:
        assert error.kind is ErrorKind.INVALID_REQUEST
        return
    wire = msgspec.json.decode(msgspec.json.encode(rendered.body))
    try:
        again = codec.parse_request(wire, model=request.model, stream=request.stream)
    except GatewayError:
        # Nobody takes a request that says nothing; its upstream says so.
        said = any(atoms(part for turn in request.turns for part in turn.parts))
        assert rendered.losses or not said
        return
    assert codec.render_request(again).body == wire
    if not rendered.losses:
        assert digest(again) == digest(request)


def visible(events: Batch, *, apart: bool = True) -> dict[str, Any]:
    """What an answer says, however many parts and pieces it took. `apart`: a refusal is no text."""
    opened: dict[int, tuple[Part, str]] = {}
    parts: list[Part] = []
    for event in events:
        match event:
            case Open():
                opened[event.index] = (event.part, "")
            case Delta():
                part, more = opened[event.index]
                opened[event.index] = (part, more + event.text)
            case Close():
                parts.append(grown(*opened.pop(event.index)))
    assert not opened, "a part was never closed"
    if not apart:
        parts = [Text(part.text) if isinstance(part, Refusal) else part for part in parts]
    said = list(atoms(parts))
    thoughts = "".join(part.text for part in parts if isinstance(part, Thinking))
    return {
        "text": "".join(value for kind, value in said if kind == "text"),
        "calls": [value for kind, value in said if kind == "call"],
        "refusal": "".join(value for kind, value in said if kind == "refusal"),
        "media": [value for kind, value in said if kind == "media"],
        "thoughts": thoughts,
    }


def streamed(codec: Codec, wire: bytes, cuts: list[int]) -> Batch:
    return hearing.streamed(codec, wire, sorted({min(at, len(wire)) for at in cuts}))


@CODECS
@ANY
@given(
    events=generated.answers(),
    step=st.integers(1, 9),
    cuts=st.lists(st.integers(0, 2_000), max_size=6),
)
def test_an_answer_says_the_same_whole_and_streamed(
    codec: Codec, events: Batch, step: int, cuts: list[int]
) -> None:
    renderer = codec.event_renderer(QUESTION)
    batches = [events[at : at + step] for at in range(0, len(events), step)]
    wire = b"".join(renderer.feed(batch) for batch in batches) + renderer.flush()
    heard = visible(streamed(codec, wire, cuts))
    assert heard == visible(streamed(codec, wire, []))
    rendered = codec.render_response(events, QUESTION)
    body = msgspec.json.decode(msgspec.json.encode(rendered.body))
    assert heard == visible(codec.parse_response(body))
    if not renderer.losses and not rendered.losses:
        # Anthropic's refusals have no words of their own: theirs are text.
        assert heard == visible(events, apart=codec is not ANTHROPIC)


@CODECS
@ANY
@given(events=generated.answers())
def test_an_answer_survives_its_own_dialect(codec: Codec, events: Batch) -> None:
    first = codec.parse_response(codec.render_response(events, QUESTION).body)
    written = codec.render_response(first, QUESTION)
    again = codec.parse_response(written.body)
    assert codec.render_response(again, QUESTION).body == written.body
    assert visible(again) == visible(first)
    assert written.losses == []


@ANY
@given(events=generated.answers(), step=st.integers(1, 9))
def test_a_json_array_says_what_the_events_say(events: Batch, step: int) -> None:
    renderer = GEMINI.event_renderer(QUESTION, array=True)
    batches = [events[at : at + step] for at in range(0, len(events), step)]
    wire = b"".join(renderer.feed(batch) for batch in batches) + renderer.flush()
    whole = GEMINI.render_response(events, QUESTION).body
    assert visible(streamed(GEMINI, wire, [])) == visible(GEMINI.parse_response(whole))


@CODECS
@ANY
@given(body=st.dictionaries(generated.words, generated.objects, max_size=3))
def test_no_object_breaks_a_parser(codec: Codec, body: Any) -> None:
    for parse in (codec.parse_request, codec.parse_response):
        try:
            parse(body)
        except GatewayError:
            continue
