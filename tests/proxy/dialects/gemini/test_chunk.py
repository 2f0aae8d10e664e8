from __future__ import annotations

from typing import Any

import pytest

from proxy.dialects.base import Loss
from proxy.dialects.gemini import CODEC
from proxy.dialects.gemini.chunk import Chunks
from proxy.ir import (
    Cite,
    Close,
    Code,
    Delta,
    Dialect,
    Event,
    Extra,
    Finish,
    FinishReason,
    Media,
    Opaque,
    Open,
    Part,
    Refusal,
    Request,
    Signature,
    Start,
    Text,
    Thinking,
    ToolCall,
    Usage,
)

STOP = Finish(FinishReason.STOP)


def whole(*events: Event) -> tuple[dict[str, Any], list[Loss]]:
    rendered = CODEC.render_response(events, Request(model="m", turns=()))
    return rendered.body, rendered.losses


def parts_of(*events: Event) -> tuple[list[Any], list[Loss]]:
    body, losses = whole(*events, STOP)
    return body["candidates"][0]["content"]["parts"], losses


@pytest.mark.parametrize(
    ("part", "deltas", "wire"),
    [
        (Text("a"), ("b", "c"), {"text": "abc"}),
        (Thinking(""), ("b",), {"text": "b", "thought": True}),
        (
            ToolCall("c1", "f"),
            ('{"a":', "1}"),
            {"functionCall": {"name": "f", "args": {"a": 1}, "id": "c1"}},
        ),
        (ToolCall("c1", "f"), (), {"functionCall": {"name": "f", "args": {}, "id": "c1"}}),
        (Media("a/b", data="AA=="), (), {"inlineData": {"mimeType": "a/b", "data": "AA=="}}),
        (Code("1", "python"), ("2",), {"executableCode": {"language": "PYTHON", "code": "12"}}),
    ],
    ids=["text", "thinking", "call", "call without arguments", "media", "code"],
)
def test_a_part_is_written_when_it_is_whole(part: Part, deltas: tuple[str, ...], wire: Any) -> None:
    events: list[Event] = [Open(0, part), *(Delta(0, text) for text in deltas), Close(0)]
    assert parts_of(*events) == ([wire], [])


def test_broken_arguments_are_kept_under_raw() -> None:
    parts, losses = parts_of(Open(0, ToolCall("c", "f")), Delta(0, '{"a'), Close(0))
    assert parts[0]["functionCall"]["args"] == {"_raw": '{"a'}
    assert losses == [Loss("arguments", "parts[0]")]


def test_a_refusal_is_text_and_a_loss() -> None:
    parts, losses = parts_of(Open(0, Refusal("")), Delta(0, "no"), Close(0))
    assert parts == [{"text": "no"}]
    assert losses == [Loss("refusal", "parts[0]")]


@pytest.mark.parametrize(
    "signature",
    [Signature(Dialect.ANTHROPIC, "QUJD"), Signature(Dialect.GEMINI, "not base64!")],
    ids=["foreign", "malformed"],
)
def test_a_signature_that_google_did_not_make_is_lost(signature: Signature) -> None:
    parts, losses = parts_of(Open(0, Text("a")), Close(0, signature))
    assert parts == [{"text": "a"}]
    assert losses == [Loss("signature", "parts[0]")]


def test_a_late_signature_comes_on_an_empty_text() -> None:
    chunks = Chunks()
    chunks.take([Open(0, Text("a"))])
    chunks.chunk()
    chunks.take([Close(0, Signature(Dialect.GEMINI, "QUJD"))])
    body = chunks.chunk()
    assert body is not None
    assert body["candidates"][0]["content"]["parts"] == [{"text": "", "thoughtSignature": "QUJD"}]


def test_the_finish_waits_for_usage() -> None:
    chunks = Chunks()
    chunks.take([Start("r", "m"), Open(0, Text("a")), Close(0), Finish(FinishReason.LENGTH)])
    body = chunks.chunk()
    assert body is not None
    assert "finishReason" not in body["candidates"][0]
    assert chunks.chunk() is None
    chunks.take([Usage(10, 7, 4, 5)])
    assert chunks.chunk() == {
        "candidates": [
            {
                "content": {"parts": [{"text": ""}], "role": "model"},
                "index": 0,
                "finishReason": "MAX_TOKENS",
            }
        ],
        "usageMetadata": {
            "promptTokenCount": 10,
            "cachedContentTokenCount": 4,
            "candidatesTokenCount": 2,
            "thoughtsTokenCount": 5,
            "totalTokenCount": 17,
        },
        "modelVersion": "m",
        "responseId": "r",
    }
    assert chunks.chunk(last=True) is None


def test_usage_after_the_finish_is_not_lost() -> None:
    chunks = Chunks()
    chunks.take([Usage(1, 1), STOP])
    assert chunks.chunk() is not None
    chunks.take([Usage(2, 2)])
    assert chunks.chunk() is None
    last = chunks.chunk(last=True)
    assert last is not None
    assert last["usageMetadata"]["totalTokenCount"] == 4


def test_citations_of_other_dialects_are_lost() -> None:
    _, losses = whole(Cite(()), Extra(Opaque(Dialect.OPENAI_CHAT, data={"x": 1})), STOP)
    assert losses == [Loss("citations", "candidates[0]"), Loss("x", "answer")]


def test_a_blocked_prompt_has_no_candidates() -> None:
    feedback = {"promptFeedback": {"blockReason": "SAFETY"}}
    events = CODEC.parse_response(feedback)
    assert whole(*events) == (feedback, [])


def test_candidates_stand_side_by_side() -> None:
    body, _ = whole(
        Open(0, Text("a")),
        Open(1, Text("b"), 1),
        Close(0),
        Close(1),
        STOP,
        Finish(FinishReason.FILTERED, choice=1),
    )
    found = [(one["index"], one["finishReason"]) for one in body["candidates"]]
    assert found == [(0, "STOP"), (1, "SAFETY")]


def test_a_loss_is_told_once_however_often_it_happens() -> None:
    events = [event for _ in range(50) for event in (Open(0, Refusal("no")), Close(0))]
    _, losses = whole(*events, STOP)
    assert losses == [Loss("refusal", "parts[0]")]


def test_pieces_of_one_text_are_one_part() -> None:
    pieces = [Delta(0, "a") for _ in range(50)]
    signed = Close(0, Signature(Dialect.GEMINI, "QUJD"))
    body, _ = whole(Open(0, Text("b")), *pieces, signed, STOP)
    (part,) = body["candidates"][0]["content"]["parts"]
    assert part == {"text": "b" + "a" * 50, "thoughtSignature": "QUJD"}
