from __future__ import annotations

import json
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from proxy.dialects.gemini import CODEC
from proxy.errors import ErrorKind, GatewayError
from proxy.ir import FinishReason
from tests.proxy.dialects.gemini.bodies import anything
from tests.proxy.dialects.gemini.fold import Folded, outcome, said, sse, streamed
from tests.support.dice import often

HELLO = sse(said({"text": "hel"}), said({"text": "lo"}, finishReason="STOP"))
FAILURE = {"error": {"code": 503, "message": "overloaded", "status": "UNAVAILABLE"}}
PRETTY = json.dumps(FAILURE, indent=2).encode()

ERRORS = {
    "plain": PRETTY,
    "event": sse(FAILURE),
    "list": b"[" + PRETTY + b"]",
    "event list": sse([FAILURE]),
    "after events": sse(said({"text": "a"})) + PRETTY,
    "after events, crlf": sse(said({"text": "a"})) + PRETTY.replace(b"\n", b"\r\n") + b"\r\n",
    "event after events": sse(said({"text": "a"}), FAILURE),
    "array": b"[" + json.dumps(said({"text": "a"})).encode() + b"\n,\r\n" + PRETTY + b"\n]",
}


@pytest.mark.parametrize("wire", ERRORS.values(), ids=ERRORS.keys())
def test_an_error_is_found_in_every_shape(wire: bytes) -> None:
    with pytest.raises(GatewayError) as caught:
        streamed(wire)
    assert caught.value.kind is ErrorKind.UPSTREAM_BROKEN
    assert "overloaded" in caught.value.message
    assert caught.value.quoted is not None
    assert caught.value.quoted.status == 503


@pytest.mark.parametrize("wire", ERRORS.values(), ids=ERRORS.keys())
def test_what_came_before_an_error_does_not_depend_on_the_cut(wire: bytes) -> None:
    expected = outcome(wire, list(range(1, len(wire))))
    assert all(outcome(wire, [at]) == expected for at in range(1, len(wire)))
    assert outcome(wire, []) == expected


@pytest.mark.parametrize(
    "wire",
    [b"", b"\r\n", sse(said({"text": "a"})), sse({"usageMetadata": {}}), b"data: {\r\n\r\n"],
    ids=["nothing", "blank", "no finish", "no candidate", "no json"],
)
def test_a_stream_that_breaks_off_is_an_error(wire: bytes) -> None:
    with pytest.raises(GatewayError) as caught:
        streamed(wire)
    assert caught.value.kind is ErrorKind.UPSTREAM_BROKEN


@pytest.mark.parametrize(
    "wire",
    [
        HELLO,
        HELLO.replace(b"\r\n", b"\n"),
        HELLO[:-4],
        b"\xef\xbb\xbf" + HELLO,
        b": comment\r\n\r\n" + HELLO + b"data: [DONE]\r\n\r\n",
        b"[" + b",".join(HELLO.replace(b"data: ", b"").split(b"\r\n\r\n")[:2]) + b"]",
        json.dumps(said({"text": "hello"}, finishReason="STOP"), indent=1).encode(),
    ],
    ids=["crlf", "lf", "no blank line", "bom", "comment", "array", "object"],
)
def test_framings_say_the_same_at_every_cut(wire: bytes) -> None:
    whole = Folded(streamed(wire))
    assert getattr(whole.parts[0][0], "text", None) == "hello"
    for at in range(1, len(wire)):
        assert Folded(streamed(wire, [at])) == whole


def test_a_mark_after_blanks_is_none_at_any_cut() -> None:
    wire = b"\n\xef\xbb\xbf" + HELLO + HELLO
    for at in range(1, len(wire)):
        assert Folded(streamed(wire, [at])) == Folded(streamed(wire))


def test_a_blocked_prompt_is_a_finished_stream() -> None:
    feedback = {"blockReason": "SAFETY", "blockReasonMessage": "no"}
    folded = Folded(streamed(sse({"promptFeedback": feedback})))
    finish = folded.finishes[0]
    assert (finish.reason, finish.raw, finish.message) == (FinishReason.FILTERED, "SAFETY", "no")


@settings(max_examples=often(200), deadline=None)
@given(st.lists(anything, max_size=3), anything)
def test_no_json_breaks_the_parser(chunks: list[Any], value: Any) -> None:
    shapes = (
        sse(*chunks),
        json.dumps(chunks).encode(),
        sse(said(value, {"functionCall": value}), {"candidates": value, "usageMetadata": value}),
        sse({"candidates": [{"content": value, "index": value, "finishReason": value}]}),
        sse(
            said({"functionCall": {"name": "f", "willContinue": True}}),
            said({"functionCall": {"partialArgs": [value, {"jsonPath": value}]}}),
        ),
    )
    for wire in shapes:
        outcome(wire, [])


@settings(max_examples=often(200), deadline=None)
@given(st.dictionaries(st.text(), anything), anything)
def test_no_json_breaks_a_whole_answer(body: dict[str, Any], value: Any) -> None:
    metadata = {"groundingChunks": value, "groundingSupports": [value, {"segment": value}]}
    likely = {"chosenCandidates": [value], "topCandidates": [{"candidates": value}]}
    candidate = {"groundingMetadata": metadata, "logprobsResult": likely, "index": value}
    for shape in (body, {"candidates": [candidate]}, {"candidates": [value], "error": value}):
        with suppress(GatewayError):
            CODEC.parse_response(shape)
