"""Fields that have no event of their own go out with the finish; whole and streamed alike."""

from __future__ import annotations

from typing import Any

import pytest

from proxy.dialects.openai_chat import CODEC
from proxy.ir import Dialect, Event, Finish, Media, Request, Signature
from tests.proxy.dialects.openai_chat.folding import fold
from tests.proxy.dialects.openai_chat.streams import delta, read

REQUEST = Request(model="m", turns=())
GEMINI = Signature(Dialect.GEMINI, "c2ln")


def both(**said: Any) -> list[list[Event]]:
    """The events of one message, told whole and in a stream."""
    choice = {"index": 0, "message": said, "finish_reason": "stop"}
    body = {"id": "chatcmpl-1", "model": "m", "created": 5, "choices": [choice]}
    return [CODEC.parse_response(body), read(delta(**said), delta(finish="stop"))]


def kept(events: list[Event]) -> dict[str, Any]:
    last = events[-1]
    assert isinstance(last, Finish)
    return dict(last.opaque.data) if last.opaque else {}


OTHER = {"google": {"grounding": 1}, "vendor": 2}
SIGNED = {"google": {"thought_signature": "c2ln"}}


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ({"channel": "analysis", "reasoning": "hm"}, {"message.channel": "analysis"}),
        ({"content": "a", "extra_content": OTHER}, {"message.extra_content": OTHER}),
        (
            {"content": "a", "extra_content": {**SIGNED, "vendor": 2}},
            {"message.extra_content": {"vendor": 2}},
        ),
        (
            {"content": "a", "extra_content": SIGNED, "thought_signature": "b3Ro"},
            {"message.thought_signature": "b3Ro"},
        ),
        (
            {"content": "a", "thought_signature": "no base64!"},
            {"message.thought_signature": "no base64!"},
        ),
        ({"content": "a", "vendor": False}, {"message.vendor": False}),
        ({"content": "a", "vendor": []}, {}),
        (
            {"audio": {"id": "a", "transcript": "hi"}},
            {"message.audio": {"id": "a", "transcript": "hi"}},
        ),
    ],
    ids=["groq", "extra", "beside", "twice", "odd", "false", "nothing", "unspoken"],
)
def test_what_has_no_place_is_kept(said: dict[str, Any], expected: dict[str, Any]) -> None:
    for events in both(**said):
        assert kept(events) == expected
        (choice,) = CODEC.render_response(events, REQUEST).body["choices"]
        for name, value in expected.items():
            field = choice["message"][name.removeprefix("message.")]
            assert field == value or field == {**value, **SIGNED}


@pytest.mark.parametrize("slot", [{"extra_content": SIGNED}, {"thought_signature": "c2ln"}])
def test_a_messages_signature_is_its_texts(slot: dict[str, Any]) -> None:
    for events in both(content="a", **slot):
        (part,) = fold(events)["parts"][0]
        assert part.signature == GEMINI
        assert kept(events) == {}


def test_another_audio_is_another_part() -> None:
    events = read(
        delta(audio={"id": "a", "data": "aGk="}),
        delta(audio={"data": "aGk="}),
        delta(audio={"id": "b", "data": "aG8="}),
        delta(finish="stop"),
    )
    parts = fold(events)["parts"][0]
    assert [part.data for part in parts if isinstance(part, Media)] == ["aGloaQ==", "aG8="]
    rendered = CODEC.render_response(events, REQUEST)
    assert rendered.body["choices"][0]["message"]["audio"]["data"] == "aGloaQ=="
    assert [loss.field for loss in rendered.losses] == ["audio"]
