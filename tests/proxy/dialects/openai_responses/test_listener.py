from __future__ import annotations

import json

import pytest

from proxy.dialects.openai_responses import CODEC
from proxy.errors import ErrorKind, GatewayError
from proxy.ir import Start, Usage
from tests.proxy.dialects.openai_responses.answers import USAGE
from tests.proxy.dialects.openai_responses.streams import CREATED, event, response, sse, told

SAID = event("output_text.delta", content_index=0, delta="hi")
LAST = {"type": "response.completed", "response": response(usage=USAGE)}
HEARD = [Start("resp_1", "m", 5), Usage(3, 2, 1, 0)]


@pytest.mark.parametrize("size", [0, 1, 7])
def test_it_hears_only_the_start_and_the_tokens(size: int) -> None:
    assert told(sse(CREATED, SAID, LAST), size, CODEC.listener()) == (HEARD, None)


def test_names_of_events_are_not_needed() -> None:
    wire = b"".join(
        b"data: " + json.dumps(each).encode() + b"\n\n" for each in (CREATED, SAID, LAST)
    )
    assert told(wire, 0, CODEC.listener()) == (HEARD, None)


@pytest.mark.parametrize("last", [None, {"type": "error", "error": {"message": "oh"}}])
def test_it_hears_that_an_answer_breaks_off(last: object) -> None:
    wire = sse(CREATED, SAID, *([last] if last else []))
    events, error = told(wire, 3, CODEC.listener())
    assert events == HEARD[:1]
    assert error is not None
    assert error.kind is ErrorKind.UPSTREAM_BROKEN


def test_a_whole_answer_is_heard() -> None:
    assert CODEC.listener().whole(json.dumps(response(usage=USAGE)).encode()) == HEARD


def test_an_answer_that_goes_on_in_the_background_has_begun() -> None:
    body = json.dumps(response("queued", usage=None, error=None)).encode()
    assert CODEC.listener().whole(body) == HEARD[:1]


@pytest.mark.parametrize("body", [b"", b"[]", b"{}", b'{"error": {"message": "no"}}', b"\xff"])
def test_what_is_no_answer_is_an_error(body: bytes) -> None:
    with pytest.raises(GatewayError):
        CODEC.listener().whole(body)
