"""Embeddings, both sides."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proxy.dialects.base import Embeddings, EmbedRequest, Loss
from proxy.dialects.openai_chat import EMBEDDINGS
from proxy.errors import ErrorKind, GatewayError
from tests.proxy.dialects.openai_chat.bodies import anything
from tests.proxy.dialects.openai_chat.test_request import SLOW


@pytest.mark.parametrize(
    ("wire", "inputs", "single"),
    [
        ("a", ("a",), True),
        (["a", "b"], ("a", "b"), False),
        ([1, 2], ((1, 2),), True),
        ([[1], [2, 3]], ((1,), (2, 3)), False),
    ],
    ids=["string", "strings", "tokens", "token-lists"],
)
def test_every_kind_of_input_is_read_and_written(
    wire: Any, inputs: tuple[Any, ...], single: bool
) -> None:
    body = {"model": "e", "input": wire, "dimensions": 2, "encoding_format": "base64"}
    request = EMBEDDINGS.parse_request(body)
    assert (request.inputs, request.single, request.base64) == (inputs, single, True)
    assert EMBEDDINGS.render_request(request).body == body


@pytest.mark.parametrize("wire", [None, [], {}, [None], [["a"]], 5])
def test_other_inputs_are_refused(wire: Any) -> None:
    with pytest.raises(GatewayError, match="input") as caught:
        EMBEDDINGS.parse_request({"model": "e", "input": wire})
    assert caught.value.kind is ErrorKind.INVALID_REQUEST


def test_an_unknown_format_is_refused() -> None:
    with pytest.raises(GatewayError, match="encoding_format"):
        EMBEDDINGS.parse_request({"model": "e", "input": "a", "encoding_format": "hex"})


def test_what_is_not_modelled_is_a_loss() -> None:
    assert EMBEDDINGS.parse_request({"model": "e", "input": "a", "user": "u"}).losses == (
        Loss("user"),
    )
    hinted = EmbedRequest(model="e", inputs=("a",), task="QUERY", title="t")
    assert EMBEDDINGS.render_request(hinted).losses == [Loss("task"), Loss("title")]


REQUEST = EmbedRequest(model="e", inputs=("a", "b"))


@pytest.mark.parametrize("base64", [False, True])
def test_an_answer_comes_back(base64: bool) -> None:
    request = EmbedRequest(model="e", inputs=("a", "b"), base64=base64)
    answer = Embeddings(((0.5, -1.0), (2.0, 0.25)), "e-1", 7)
    body = EMBEDDINGS.render_response(answer, request)
    assert body["usage"] == {"prompt_tokens": 7, "total_tokens": 7}
    assert EMBEDDINGS.parse_response(body, request) == answer


def test_base64_is_little_endian_floats() -> None:
    request = EmbedRequest(model="e", inputs=("a",), base64=True)
    body = EMBEDDINGS.render_response(Embeddings(((1.0,),), "e"), request)
    assert body["data"][0]["embedding"] == "AACAPw=="


def test_vectors_are_put_in_order() -> None:
    data = [{"index": 1, "embedding": [2.0]}, {"index": 0, "embedding": [1.0]}]
    assert EMBEDDINGS.parse_response({"data": data}, REQUEST).vectors == ((1.0,), (2.0,))


@SLOW
@given(st.dictionaries(st.sampled_from(["data", "usage", "error"]), anything))
def test_an_odd_answer_is_broken(body: dict[str, Any]) -> None:
    with pytest.raises(GatewayError) as caught:
        EMBEDDINGS.parse_response(body, REQUEST)
    assert caught.value.kind is not ErrorKind.INTERNAL


@pytest.mark.parametrize("vector", ["!", "AAA=", ["x"], None, [True]])
def test_an_odd_vector_is_broken(vector: Any) -> None:
    one = EmbedRequest(model="e", inputs=("a",))
    with pytest.raises(GatewayError, match="embedding"):
        EMBEDDINGS.parse_response({"data": [{"embedding": vector}]}, one)


@pytest.mark.parametrize("number", [1e39, 10**400])
def test_a_number_too_large_for_base64_is_broken(number: float) -> None:
    asked = EmbedRequest(model="e", inputs=("a",), base64=True)
    with pytest.raises(GatewayError, match="32-bit"):
        EMBEDDINGS.render_response(Embeddings(((number,),), "e"), asked)
