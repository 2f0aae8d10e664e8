"""Sampling: the limit has two names, the stop words two forms."""

from __future__ import annotations

from typing import Any

import pytest

from proxy.dialects.openai_chat import sampling
from proxy.dialects.openai_chat.keeping import Keep
from proxy.errors import GatewayError
from proxy.ir import Request


@pytest.mark.parametrize(
    ("body", "limit"),
    [
        ({"max_tokens": 5}, 5),
        ({"max_completion_tokens": 6}, 6),
        ({"max_tokens": 5, "max_completion_tokens": 6}, 6),
        ({"max_tokens": 7.0}, 7),
        ({"max_tokens": None}, None),
    ],
)
def test_the_newer_name_of_the_limit_counts(body: dict[str, Any], limit: int | None) -> None:
    assert sampling.parse(body, Keep()).max_tokens == limit


@pytest.mark.parametrize("stop", ["x", ["x"], ["x", "y"], []])
def test_stop_words_keep_their_form(stop: Any) -> None:
    keep = Keep()
    request = Request(model="m", turns=(), sampling=sampling.parse({"stop": stop}, keep))
    assert sampling.render(request, keep.shape, [], native=True) == {"stop": stop}


@pytest.mark.parametrize(
    "body", [{"stop": 5}, {"stop": [5]}, {"temperature": "hot"}, {"logprobs": 5}, {"n": 1.5}]
)
def test_a_wrong_type_is_refused(body: dict[str, Any]) -> None:
    with pytest.raises(GatewayError, match="must be"):
        sampling.parse(body, Keep())
