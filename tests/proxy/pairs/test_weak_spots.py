"""Faults that the comparison of all pairs has found, each kept from coming back."""

from __future__ import annotations

from typing import Any

import pytest

from proxy.dialects.base import Codec, Loss
from proxy.dialects.openai_chat import CODEC as CHAT
from proxy.ir import (
    Batch,
    Citation,
    Cite,
    Close,
    Dialect,
    Finish,
    FinishReason,
    Foreign,
    Logprobs,
    Media,
    Opaque,
    Open,
    Part,
    Reasoning,
    Refusal,
    Request,
    Role,
    Start,
    Text,
    Thinking,
    TokenLogprob,
    ToolCall,
    ToolResult,
    Turn,
)
from tests.proxy.pairs.tongues import CODECS, MODELS, streamed

EACH = pytest.mark.parametrize("codec", CODECS.values(), ids=CODECS)
USER = Turn(Role.USER, (Text("hi"),))
BLOCK = Foreign(Opaque(Dialect.CODE_ASSIST, {"type": "hologram", "depth": 3, "id": "h1"}))
STRANGE = {"id": "c1", "type": "mcp", "mcp": {"server": "s"}}


def ended(reason: FinishReason, raw: str, *parts: Part) -> Batch:
    said = [event for at, part in enumerate(parts) for event in (Open(at, part), Close(at))]
    return [Start("r1", "m"), *said, Finish(reason, raw)]


def told(codec: Codec, events: Batch) -> list[list[str]]:
    """The fields that are lost in a whole answer, and in a stream."""
    request = Request(model="m", turns=(USER,))
    renderer = codec.event_renderer(request)
    assert renderer.feed(events) + renderer.flush()
    whole = codec.render_response(events, request).losses
    return [[loss.field for loss in losses] for losses in (whole, renderer.losses)]


@EACH
def test_a_block_that_nobody_knows_is_one_loss(codec: Codec) -> None:
    events = ended(FinishReason.STOP, "stop", BLOCK, Text("a"))
    assert told(codec, events) == [["hologram"], ["hologram"]]


@pytest.mark.parametrize(
    ("reason", "raw", "known"),
    [
        (FinishReason.PAUSED, "pause_turn", Dialect.ANTHROPIC),
        (FinishReason.OTHER, "LANGUAGE", Dialect.GEMINI),
    ],
)
@EACH
def test_an_end_without_a_word_for_it_is_a_loss(
    codec: Codec, reason: FinishReason, raw: str, known: Dialect
) -> None:
    lost = [] if codec.name is known else ["finish_reason"]
    assert told(codec, ended(reason, raw, Text("a"))) == [lost, lost]


@pytest.mark.parametrize("role", [Role.USER, Role.MODEL])
@EACH
def test_a_turn_of_which_nothing_is_left_is_no_message(codec: Codec, role: Role) -> None:
    request = Request(model=MODELS[codec.name], turns=(USER, Turn(role, (BLOCK,))))
    rendered = codec.render_request(request)
    assert [loss.field for loss in rendered.losses] == ["hologram"]
    turns = codec.parse_request(rendered.body, model=request.model).turns
    assert [part.text for turn in turns for part in turn.parts if isinstance(part, Text)] == ["hi"]
    assert len(turns) == 1


@EACH
def test_a_thought_of_nobody_is_no_message(codec: Codec) -> None:
    turns = (USER, Turn(Role.MODEL, (Thinking("hm"),)))
    rendered = codec.render_request(Request(model=MODELS[codec.name], turns=turns))
    assert Loss("thinking", rendered.losses[0].where) in rendered.losses
    assert len(codec.parse_request(rendered.body, model="m").turns) == 1


@pytest.mark.parametrize("model", ["gemini-2.5-pro", "gemini-3-pro-preview"])
def test_thinking_that_cannot_be_turned_off_is_a_loss(model: str) -> None:
    asked = Request(model=model, turns=(USER,), reasoning=Reasoning(effort="none"))
    losses = CODECS[Dialect.GEMINI].render_request(asked).losses
    assert losses == [Loss("reasoning", "reasoning")]


WHY = Logprobs((TokenLogprob("no", -0.5),))
SOURCE = Cite((Citation("https://example.com", "t"),))


def test_a_refusal_in_responses_has_no_sources_and_no_probabilities() -> None:
    events = ended(FinishReason.REFUSED, "stop", Refusal("no"))
    events[-1:-1] = [WHY, SOURCE]
    codec = CODECS[Dialect.OPENAI_RESPONSES]
    assert told(codec, events) == [["logprobs", "citations"]] * 2
    renderer = codec.event_renderer(Request(model="m", turns=(USER,)))
    assert b"output_text" not in renderer.feed(events) + renderer.flush()


CALL = ToolCall("c1", "look", "{}")
PICTURE = Media("image/png", "iVBORw0KGgo=")


@pytest.mark.parametrize("before", [CALL, PICTURE])
def test_a_chat_message_says_texts_first_and_tells_that(before: Part) -> None:
    events = ended(FinishReason.STOP, "stop", Text("a"), before, Text("b"), Text(""))
    assert told(CHAT, events) == [["part_order"], []]
    assert told(CHAT, ended(FinishReason.STOP, "stop", Text("a"), before, Text(""))) == [[], []]


@pytest.mark.parametrize(
    "turns",
    [
        [(Text("wait"), ToolResult("c1", (Text("1"),)))],
        [(ToolResult("c1", (Text("1"),)), Text("wait"), ToolResult("c2", (Text("2"),)))],
    ],
    ids=["before", "between"],
)
@EACH
def test_words_before_a_result_are_not_moved_in_silence(
    codec: Codec, turns: list[tuple[Part, ...]]
) -> None:
    calls = Turn(Role.MODEL, (CALL, ToolCall("c2", "look", "{}")))
    said = (USER, calls, *(Turn(Role.USER, parts) for parts in turns))
    losses = codec.render_request(Request(model=MODELS[codec.name], turns=said)).losses
    moved = codec.name is not Dialect.OPENAI_RESPONSES
    assert [loss.field for loss in losses] == (["part_order"] if moved else [])


def test_a_picture_of_no_kind_is_called_a_file() -> None:
    events = ended(FinishReason.STOP, "stop", Media("a/b", "aGk="), Text("a"))
    assert told(CODECS[Dialect.OPENAI_RESPONSES], events) == [["file"], ["file"]]


def strange(streams: bool) -> Batch:
    said: dict[str, Any] = {"role": "assistant", "tool_calls": [{**STRANGE, "index": 0}]}
    choice = {"index": 0, "finish_reason": "tool_calls"}
    if not streams:
        return CHAT.parse_response(
            {"id": "r", "model": "m", "choices": [choice | {"message": said}]}
        )
    import json

    line = json.dumps({"id": "r", "model": "m", "choices": [choice | {"delta": said}]})
    return streamed(CHAT, f"data: {line}\n\ndata: [DONE]\n\n".encode())


@pytest.mark.parametrize("streams", [False, True])
@EACH
def test_a_call_of_a_new_kind_is_told_or_lost(codec: Codec, streams: bool) -> None:
    events = strange(streams)
    lost = [] if codec is CHAT else ["mcp"]
    assert told(codec, events) == [lost, lost]
    if codec is CHAT:
        body = codec.render_response(events, Request(model="m", turns=(USER,))).body
        assert body["choices"][0]["message"]["tool_calls"] == [STRANGE]
        renderer = codec.event_renderer(Request(model="m", turns=(USER,)))
        again = streamed(codec, renderer.feed(events) + renderer.flush())
        assert [event.part for event in again if isinstance(event, Open)] == [
            Foreign(Opaque(Dialect.OPENAI_CHAT, STRANGE, {"call": True}))
        ]
