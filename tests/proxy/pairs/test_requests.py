"""Every recorded request, said in every other dialect and understood there."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from msgspec.structs import replace

from proxy.dialects.base import Codec
from proxy.errors import ErrorKind, GatewayError
from proxy.ir import Request
from tests.proxy.pairs import summary
from tests.proxy.pairs.known import REFUSALS, REQUESTS, refusal, unexplained
from tests.proxy.pairs.tongues import CODECS, MODELS, RECORDED, asked, model

REFUSED = {
    "openai-responses--background-mode-streaming-vcr-01caa3": "background",
    "openai-responses--openai-conversation-id-preserves-mismatched-history-ac07f7": "conversation",
    "anthropic--anthropic-completion-error-dd03d5": "messages[0]",
}
"""What the gateway does not take in its own dialect, either: the field that it names."""


@RECORDED
def test_every_request_is_read() -> None:
    refused = {one.id: r.param for one, r in asked() if isinstance(r, GatewayError)}
    assert refused == REFUSED
    assert len(list(asked())) > 140


@RECORDED
@pytest.mark.parametrize("codec", CODECS.values(), ids=CODECS)
def test_nothing_is_lost_in_silence(codec: Codec) -> None:
    found = {}
    for one, request in asked():
        if isinstance(request, Request) and one.dialect is not codec.name:
            wanted = replace(request, model=MODELS[codec.name])
            if faults := silence(wanted, codec):
                found[one.id] = faults
    assert found == {}


def silence(request: Request, codec: Codec) -> Any:
    """What nobody accounts for."""
    try:
        rendered = codec.render_request(request)
    except GatewayError as error:
        assert error.kind is ErrorKind.INVALID_REQUEST
        return None if refusal(error.message, codec.name) else error.message
    wire = msgspec.json.decode(msgspec.json.encode(rendered.body))
    again = codec.parse_request(wire, model=request.model, stream=request.stream)
    before, after = summary.of_request(request), summary.of_request(again)
    return unexplained(before, after, codec.name, rendered.losses, REQUESTS)


@RECORDED
@pytest.mark.parametrize("codec", CODECS.values(), ids=CODECS)
def test_within_a_dialect_nothing_is_lost_at_all(codec: Codec) -> None:
    for one, request in asked():
        if isinstance(request, Request) and one.dialect is codec.name:
            rendered = codec.render_request(request)
            again = codec.parse_request(rendered.body, model=model(one.exchange))
            assert rendered.losses == []
            assert summary.of_request(again) == summary.of_request(request)


@RECORDED
def test_every_refusal_that_is_listed_happens() -> None:
    said = set()
    for one, request in asked():
        for codec in CODECS.values():
            if isinstance(request, Request) and one.dialect is not codec.name:
                try:
                    codec.render_request(replace(request, model=MODELS[codec.name]))
                except GatewayError as error:
                    known = refusal(error.message, codec.name)
                    said.add(known.words if known else error.message)
    assert said == {each.words for each in REFUSALS}
