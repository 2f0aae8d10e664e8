"""Gemini's signatures on their way through an Anthropic client."""

from __future__ import annotations

import json
from typing import Any

import pytest

from proxy.dialects.anthropic import CODEC
from proxy.dialects.base import Loss
from proxy.dialects.gemini import CODEC as GEMINI
from proxy.dialects.seals import Place, seal
from proxy.ir import (
    Dialect,
    Media,
    Part,
    Request,
    Role,
    Signature,
    Thinking,
    ToolCall,
    Turn,
)
from tests.proxy.dialects.anthropic.fold import streamed

QUESTION = Request(model="gemini-3-pro-preview", turns=())
TOOLS = [{"name": "look", "input_schema": {"type": "object", "properties": {}}}]


def signed(value: str) -> Signature:
    return Signature(Dialect.GEMINI, value)


def carrier(place: Place, value: str = "QUJD") -> dict[str, Any]:
    return {"type": "thinking", "thinking": "", "signature": seal(place, signed(value))}


def read(*content: Any) -> tuple[Part, ...]:
    body = {"model": "m", "messages": [{"role": "assistant", "content": list(content)}]}
    return CODEC.parse_request(body).turns[0].parts


TEXT = {"type": "text", "text": "a"}
CALL = {"type": "tool_use", "id": "c", "name": "look", "input": {}}


def proofs(parts: tuple[Part, ...]) -> list[tuple[str, str]]:
    return [
        (type(part).__name__, signature.value if signature else "")
        for part in parts
        for signature in [getattr(part, "signature", None)]
    ]


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ([carrier(Place.NEXT), CALL], [("ToolCall", "QUJD")]),
        ([TEXT, carrier(Place.LAST), CALL], [("Text", "QUJD"), ("ToolCall", "")]),
        (
            [TEXT, carrier(Place.LAST, "Eg=="), carrier(Place.NEXT), CALL, CALL],
            [("Text", "Eg=="), ("ToolCall", "QUJD"), ("ToolCall", "")],
        ),
        ([CALL, carrier(Place.TEXT)], [("ToolCall", ""), ("Text", "QUJD")]),
        ([carrier(Place.NEXT)], [("Thinking", "QUJD")]),
        ([carrier(Place.SELF), CALL], [("Thinking", "QUJD"), ("ToolCall", "")]),
        ([carrier(Place.LAST), CALL], [("Thinking", "QUJD"), ("ToolCall", "")]),
    ],
)
def test_a_carried_signature_returns_to_its_part(content: Any, expected: Any) -> None:
    assert proofs(read(*content)) == expected


def test_anthropic_is_never_sent_the_signatures_of_others() -> None:
    thought = {"type": "thinking", "thinking": "hm", "signature": seal(Place.SELF, None)}
    content = [thought, carrier(Place.NEXT), CALL]
    body = {"model": "claude-x", "messages": [{"role": "assistant", "content": content}]}
    rendered = CODEC.render_request(CODEC.parse_request(body))
    assert rendered.body["messages"] == [{"role": "assistant", "content": [CALL]}]
    assert {loss.field for loss in rendered.losses} == {"thinking", "signature"}


def test_a_message_of_nothing_but_seals_is_left_out() -> None:
    messages = [
        {"role": "user", "content": "x"},
        {"role": "assistant", "content": [carrier(Place.SELF)]},
    ]
    rendered = CODEC.render_request(CODEC.parse_request({"model": "m", "messages": messages}))
    assert rendered.body["messages"] == messages[:1]
    assert rendered.losses == [Loss("signature", "turns[1].parts[0]")]


def test_a_signed_picture_is_signed_again() -> None:
    picture = {"type": "image", "source": {"type": "base64", "media_type": "a/b", "data": "aGk="}}
    part = read(carrier(Place.NEXT), picture)[0]
    assert isinstance(part, Media)
    assert part.signature == signed("QUJD")


def sign(part: dict[str, Any], value: str) -> dict[str, Any]:
    return {**part, "thoughtSignature": value}


def call(number: int) -> dict[str, Any]:
    return {"functionCall": {"id": f"call{number}", "name": "look", "args": {"n": number}}}


ANSWERS: list[list[dict[str, Any]]] = [
    [{"text": "Hm.", "thought": True}, sign(call(1), "QQ=="), call(2)],
    [sign({"text": "I see. "}, "Qg=="), sign(call(3), "Qw==")],
    [sign(call(4), "RA==")],
    [{"text": "Nearly. "}, sign(call(5), "RQ==")],
    [{"text": "Done", "thought": True}, sign({"text": "It is 5."}, "Rg==")],
]
"""Five turns of Gemini 3: thoughts, parallel calls, text before a call, text at the end."""


def chunk(parts: list[dict[str, Any]], *, last: bool = True) -> dict[str, Any]:
    end = {"finishReason": "STOP"} if last else {}
    candidate = {"content": {"role": "model", "parts": parts}, "index": 0, **end}
    return {"candidates": [candidate], "responseId": "r", "modelVersion": "gemini-3-pro-preview"}


def whole(parts: list[dict[str, Any]]) -> Any:
    """The content that a client gets at once."""
    events = GEMINI.parse_response(chunk(parts))
    return CODEC.render_response(events, QUESTION).body["content"]


def in_chunks(parts: list[dict[str, Any]]) -> Any:
    """The content that a client adds up from a stream, part by part and with signatures late."""
    parser, renderer = GEMINI.event_parser(), CODEC.event_renderer(QUESTION)
    wire = b""
    for part in _late(parts):
        wire += renderer.feed(parser.feed(_sse(chunk([part], last=False))))
    wire += renderer.feed(parser.feed(_sse(chunk([{"text": ""}]))))
    wire += renderer.feed(parser.flush()) + renderer.flush()
    return CODEC.render_response(streamed(wire), QUESTION).body["content"]


def _late(parts: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """A text's signature comes on an empty text of its own, as Gemini streams it."""
    out = []
    for part in parts:
        if "text" in part and "thoughtSignature" in part:
            out += [
                {"text": part["text"]},
                {"text": "", "thoughtSignature": part["thoughtSignature"]},
            ]
        else:
            out.append(part)
    return out


def _sse(value: Any) -> bytes:
    return b"data: " + json.dumps(value).encode() + b"\r\n\r\n"


# What ends a stream is known too late: nothing may stand behind the last words.
UNPROVED = [*ANSWERS[:-1], [{"text": "It is 5."}]]


@pytest.mark.parametrize(("answered", "kept"), [(whole, ANSWERS), (in_chunks, UNPROVED)])
def test_five_turns_with_tools_keep_their_signatures(
    answered: Any, kept: list[list[dict[str, Any]]]
) -> None:
    messages: list[dict[str, Any]] = [{"role": "user", "content": "Look five times."}]
    for parts in ANSWERS:
        content = answered(parts)
        messages.append({"role": "assistant", "content": content})
        results = [
            {"type": "tool_result", "tool_use_id": block["id"], "content": "seen"}
            for block in content
            if block["type"] == "tool_use"
        ]
        messages.append({"role": "user", "content": results or "Thanks."})
    body = {"model": "gemini-3-pro-preview", "max_tokens": 9, "tools": TOOLS, "messages": messages}
    rendered = GEMINI.render_request(CODEC.parse_request(body))
    said = [c["parts"] for c in rendered.body["contents"] if c["role"] == "model"]
    assert [_signed(parts) for parts in said] == [_signed(parts) for parts in kept]


def _signed(parts: list[dict[str, Any]]) -> list[Any]:
    """What is said, and by what it is proved; thoughts need not come back."""
    return [
        (part.get("text") or part["functionCall"], part.get("thoughtSignature"))
        for part in parts
        if not part.get("thought")
    ]


def test_the_first_block_of_a_signed_call_is_its_carrier() -> None:
    content = whole(ANSWERS[2])
    assert [block["type"] for block in content] == ["thinking", "tool_use"]
    assert content[0] == carrier(Place.NEXT, "RA==")


def test_a_turn_of_another_dialect_is_not_searched_for_carriers() -> None:
    turn = Turn(Role.MODEL, (Thinking("", signed("QUJD")), ToolCall("c", "look")))
    rendered = CODEC.render_request(Request(model="claude-x", turns=(turn,)))
    assert rendered.losses == [Loss("signature", "turns[0].parts[0]")]
