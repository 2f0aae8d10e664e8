from __future__ import annotations

from typing import Any

import pytest

from proxy.dialects.anthropic import COUNTING
from proxy.errors import GatewayError
from proxy.ir import Reasoning, Request, Role, Sampling, Text, Turn


def test_a_count_of_this_dialect_is_asked_as_it_came() -> None:
    body = {"model": "m", "messages": [{"role": "user", "content": "x"}], "tools": []}
    rendered = COUNTING.render_request(COUNTING.parse_request(body))
    assert (rendered.body, rendered.losses) == (body, [])


def test_a_count_of_another_dialect_has_nothing_of_generation() -> None:
    turns = (Turn(Role.SYSTEM, (Text("a"),)), Turn(Role.USER, (Text("b"),)))
    sampling = Sampling(temperature=2, top_p=0.5, stop=("x",))
    request = Request(
        model="claude-sonnet-4-5",
        turns=turns,
        sampling=sampling,
        reasoning=Reasoning(effort="low"),
        stream=True,
    )
    rendered = COUNTING.render_request(request)
    assert rendered.body.keys() == {"model", "system", "messages", "thinking"}
    assert rendered.losses == []


@pytest.mark.parametrize(
    "body", [{}, {"input_tokens": "5"}, {"type": "error", "error": {"type": "api_error"}}]
)
def test_what_is_no_count_is_refused(body: Any) -> None:
    with pytest.raises(GatewayError):
        COUNTING.parse_response(body)
