"""Every recorded answer, whole or streamed, told to the clients of every other dialect."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from msgspec.structs import replace

from proxy.dialects.base import Codec
from proxy.ir import Batch, Request, Role, Text, Turn
from tests.proxy.pairs import summary
from tests.proxy.pairs.known import ANSWERS, unexplained
from tests.proxy.pairs.tongues import CODECS, RECORDED, answered, streamed

QUESTION = Request(model="m", turns=(Turn(Role.USER, (Text("hi"),)),), usage_wanted=True)


@RECORDED
def test_answers_are_read() -> None:
    assert len(list(answered())) > 130


@RECORDED
@pytest.mark.parametrize("codec", CODECS.values(), ids=CODECS)
def test_nothing_is_lost_in_silence(codec: Codec) -> None:
    found = {}
    for one, events in answered():
        if one.dialect is not codec.name and (faults := silence(events, codec)):
            found[one.id] = faults
    assert found == {}


def silence(events: Batch, codec: Codec) -> Any:
    """What nobody accounts for: whole, then streamed."""
    before = summary.of_answer(events)
    rendered = codec.render_response(events, QUESTION)
    body = msgspec.json.decode(msgspec.json.encode(rendered.body))
    renderer = codec.event_renderer(replace(QUESTION, stream=True))
    wire = b"".join(renderer.feed([event]) for event in events) + renderer.flush()
    told = (
        (codec.parse_response(body), rendered.losses),
        (streamed(codec, wire), renderer.losses),
    )
    faults = [
        unexplained(before, summary.of_answer(again), codec.name, losses, ANSWERS)
        for again, losses in told
    ]
    return [fault for fault in faults if fault]


@RECORDED
@pytest.mark.parametrize("codec", CODECS.values(), ids=CODECS)
def test_a_stream_loses_what_a_whole_answer_loses(codec: Codec) -> None:
    for one, events in answered():
        if one.dialect is not codec.name:
            renderer = codec.event_renderer(QUESTION)
            renderer.feed(events)
            renderer.flush()
            whole = {loss.field for loss in codec.render_response(events, QUESTION).losses}
            # Arguments that were cut off are JSON in a whole answer; in a stream they may stay.
            told = {loss.field for loss in renderer.losses}
            assert whole ^ told <= {"arguments"}, one.id
