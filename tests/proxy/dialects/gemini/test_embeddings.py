from __future__ import annotations

from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given

from proxy.dialects.base import Embeddings, EmbedRequest, Loss
from proxy.dialects.gemini import EMBEDDINGS
from proxy.errors import GatewayError
from tests.proxy.dialects.gemini.bodies import anything


def one(text: str, **more: Any) -> dict[str, Any]:
    return {"content": {"parts": [{"text": text}]}, **more}


def test_a_single_text_is_answered_with_a_single_vector() -> None:
    request = EMBEDDINGS.parse_request(one("a", task_type="RETRIEVAL_QUERY"), model="e")
    assert request == EmbedRequest(model="e", inputs=("a",), single=True, task="RETRIEVAL_QUERY")
    body = EMBEDDINGS.render_response(Embeddings(((1.0,),), "e", 3), request)
    assert body == {"embedding": {"values": [1.0]}, "usageMetadata": {"promptTokenCount": 3}}


def test_a_batch_keeps_its_order() -> None:
    body = {"requests": [one("a", outputDimensionality=2), one("b", outputDimensionality=2)]}
    request = EMBEDDINGS.parse_request(body, model="e", batch=True)
    assert (request.inputs, request.dimensions) == (("a", "b"), 2)
    answer = EMBEDDINGS.render_response(Embeddings(((1.0,), (2.0,)), "e"), request)
    assert answer == {"embeddings": [{"values": [1.0]}, {"values": [2.0]}]}


def test_titles_that_differ_are_lost() -> None:
    body = {"requests": [one("a", title="x"), one("b", title="y")]}
    request = EMBEDDINGS.parse_request(body, batch=True)
    assert request.losses == (Loss("title", "requests"),)


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"requests": []},
        {"requests": [one("a", taskType="X"), one("b")]},
        {"requests": [{"content": {"parts": [{"inlineData": {}}]}}]},
    ],
    ids=["nothing", "none", "mixed", "image"],
)
def test_what_cannot_be_asked_is_refused(body: dict[str, Any]) -> None:
    with pytest.raises(GatewayError):
        EMBEDDINGS.parse_request(body, batch=True)


def test_token_ids_are_refused() -> None:
    with pytest.raises(GatewayError, match="not token ids"):
        EMBEDDINGS.render_request(EmbedRequest(model="e", inputs=((1, 2),)))


def test_a_missing_vector_is_an_error() -> None:
    request = EmbedRequest(model="e", inputs=("a", "b"))
    with pytest.raises(GatewayError, match="1 embeddings for 2"):
        EMBEDDINGS.parse_response({"embeddings": [{"values": [1]}]}, request)


@given(anything)
def test_no_json_breaks_it(value: Any) -> None:
    request = EmbedRequest(model="e", inputs=("a",))
    for body in ({"requests": value}, {"content": value}, {"requests": [value]}):
        with suppress(GatewayError):
            EMBEDDINGS.parse_request(body, batch="requests" in body)
        with suppress(GatewayError):
            EMBEDDINGS.parse_response({"embeddings": value}, request)
