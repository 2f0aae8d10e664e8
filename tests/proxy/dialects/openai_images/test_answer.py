"""Answers with images, read and written, whole and streamed."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from proxy.dialects.base import JSON
from proxy.dialects.openai_images import CODEC
from proxy.errors import ErrorKind, GatewayError, Quoted
from proxy.ir import (
    Batch,
    Citation,
    Cite,
    Close,
    Delta,
    Dialect,
    Extra,
    Finish,
    FinishReason,
    Media,
    Open,
    Ping,
    Request,
    Role,
    Signature,
    Start,
    Text,
    Turn,
    Usage,
)

ASKED = Request(model="m", turns=(Turn(Role.USER, (Text("a cat"),)),))
EDITED = Request(model="m", turns=(Turn(Role.USER, (Text("x"), Media("image/png", "aGk="))),))
ANSWER: JSON = {
    "created": 1713833628,
    "background": "opaque",
    "output_format": "webp",
    "quality": "high",
    "size": "1024x1024",
    "data": [{"b64_json": "aGk=", "revised_prompt": "a small cat"}, {"url": "https://x/a.webp"}],
    "usage": {
        "total_tokens": 100,
        "input_tokens": 50,
        "output_tokens": 50,
        "input_tokens_details": {"text_tokens": 10, "image_tokens": 40},
    },
    "own": 1,
}
DRAWN: Batch = [
    Start("r", "gemini", 7),
    Open(0, Text("Here:")),
    Delta(0, " it is"),
    Close(0),
    Open(1, Media("image/png", "aGk=", signature=Signature(Dialect.GEMINI, "c2ln"))),
    Close(1),
    Cite((Citation("https://x"),)),
    Usage(5, 1290),
    Finish(FinishReason.STOP),
]


def sse(*events: JSON) -> bytes:
    return b"".join(
        b"event: %s\ndata: %s\n\n" % (each["type"].encode(), msgspec.json.encode(each))
        for each in events
    )


def parsed(wire: bytes) -> Batch:
    parser = CODEC.event_parser()
    return [*parser.feed(wire[:50]), *parser.feed(wire[50:]), *parser.flush()]


def written(events: Batch, request: Request = ASKED) -> bytes:
    renderer = CODEC.event_renderer(request)
    return b"".join(renderer.feed([event]) for event in events) + renderer.flush()


def test_a_whole_answer_is_written_again_as_it_came() -> None:
    rendered = CODEC.render_response(CODEC.parse_response(ANSWER), ASKED)
    assert rendered.body == ANSWER
    assert rendered.losses == []


def test_an_image_keeps_its_type_and_its_data() -> None:
    opened = next(each for each in CODEC.parse_response(ANSWER) if isinstance(each, Open))
    assert isinstance(opened.part, Media)
    assert (opened.part.mime_type, opened.part.data) == ("image/webp", "aGk=")


def test_what_another_model_says_beside_its_image_is_told() -> None:
    rendered = CODEC.render_response(DRAWN, ASKED)
    assert rendered.body == {
        "created": 7,
        "data": [{"b64_json": "aGk="}],
        "output_format": "png",
        "usage": {
            "input_tokens": 5,
            "output_tokens": 1290,
            "total_tokens": 1295,
            "input_tokens_details": {"text_tokens": 5, "image_tokens": 0},
        },
    }
    assert [loss.field for loss in rendered.losses] == ["text", "signature", "citations"]


def test_which_tokens_are_of_images_is_not_guessed() -> None:
    usage = CODEC.render_response(DRAWN, EDITED).body["usage"]
    assert "input_tokens_details" not in usage


@pytest.mark.parametrize(
    ("request_", "kind"),
    [(ASKED, "image_generation.completed"), (EDITED, "image_edit.completed")],
)
def test_a_stream_ends_with_the_image_and_the_usage(request_: Request, kind: str) -> None:
    wire = written([*DRAWN, Ping()], request_)
    assert wire.startswith(b": ping\n\nevent: " + kind.encode())
    event: Any = msgspec.json.decode(wire.split(b"data: ")[1].split(b"\n")[0])
    assert event["b64_json"] == "aGk="
    assert event["created_at"] == 7
    assert event["usage"]["total_tokens"] == 1295
    assert event["output_format"] == "png"
    assert wire.endswith(b"data: [DONE]\n\n")


def test_openais_stream_is_read_without_a_mark_at_its_end() -> None:
    partial = {"type": "image_generation.partial_image", "b64_json": "cA==", "created_at": 3}
    done = {"type": "image_generation.completed", "b64_json": "aGk=", "usage": {"input_tokens": 1}}
    events = parsed(sse(partial, done))
    assert [type(event) for event in events] == [Start, Extra, Open, Close, Usage, Finish]
    assert written(events).startswith(sse(partial)[:40])
    assert b'"cA=="' in written(events)


def test_a_stream_without_an_image_that_just_ends_is_broken() -> None:
    with pytest.raises(GatewayError, match="broke"):
        parsed(sse({"type": "image_generation.partial_image", "b64_json": "cA=="}))


def test_one_object_instead_of_a_stream_is_an_answer_too() -> None:
    assert Open in map(type, parsed(msgspec.json.encode(ANSWER)))


@pytest.mark.parametrize("wire", [{"error": {"message": "no", "code": 400}}, {"created": 1}, {}])
def test_what_is_no_answer_is_a_failure(wire: JSON) -> None:
    with pytest.raises(GatewayError):
        CODEC.parse_response(wire)
    with pytest.raises(GatewayError):
        CODEC.listener().whole(msgspec.json.encode(wire))


@pytest.mark.parametrize("body", [b"[]", b"no", b'{"data":{}}', b'"x"'])
def test_a_listener_wants_an_answer(body: bytes) -> None:
    with pytest.raises(GatewayError):
        CODEC.listener().whole(body)


def test_a_listener_hears_the_usage() -> None:
    start, usage = CODEC.listener().whole(msgspec.json.encode(ANSWER))
    assert isinstance(start, Start)
    assert start.created == 1713833628
    assert isinstance(usage, Usage)
    assert (usage.input, usage.output) == (50, 50)


def test_a_listener_hears_a_stream() -> None:
    done = {"type": "image_edit.completed", "b64_json": "aGk=", "usage": {"output_tokens": 4}}
    listener = CODEC.listener()
    heard = [*listener.feed(sse(done)), *listener.flush()]
    assert [type(event) for event in heard] == [Start, Usage]


def test_a_listener_hears_a_failure() -> None:
    event = {"type": "error", "error": {"message": "no", "type": "invalid_request_error"}}
    with pytest.raises(GatewayError, match="no"):
        CODEC.listener().feed(sse(event))


def test_a_failure_ends_a_stream_in_openais_words() -> None:
    told = CODEC.event_renderer(ASKED).fail(GatewayError(ErrorKind.UPSTREAM_BROKEN, "gone"))
    assert told.startswith(b"event: error\ndata: {")
    quoted = Quoted(Dialect.OPENAI_IMAGES, 400, b'{"error":{"message":"mine"}}')
    error = GatewayError(ErrorKind.UPSTREAM_REJECTED, "x", quoted=quoted)
    assert b'"mine"' in CODEC.event_renderer(ASKED).fail(error)
