"""The objects of an answer, in order."""

from __future__ import annotations

import math
from typing import Any

import pytest

from proxy.dialects.openai_chat.answer import Answer, start
from proxy.errors import GatewayError
from proxy.ir import Batch, Extra, Finish, Start, Usage


def read(*bodies: Any, whole: bool = False) -> Batch:
    answer, out = Answer(whole=whole), Batch()
    for body in bodies:
        answer.read(body, out)
    return out + answer.end()


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        (("a", "m", 5), Start("a", "m", 5)),
        ((None, 7, "5"), Start("", "")),
        (("a", "m", 5.0), Start("a", "m", 5)),
        (("a", "m", True), Start("a", "m")),
        (("a", "m", math.nan), Start("a", "m")),
    ],
)
def test_it_is_called_what_it_says_if_it_can_be(told: Any, expected: Start) -> None:
    assert start(*told) == expected


def test_what_is_repeated_in_every_chunk_is_told_once() -> None:
    chunk = {"id": "a", "choices": [], "provider": "p"}
    events = read(chunk, chunk, {**chunk, "provider": "q"})
    assert [dict(e.opaque.data) for e in events if isinstance(e, Extra)] == [
        {"provider": "p"},
        {"provider": "q"},
    ]


def test_an_answer_of_nothing_has_a_finish_all_the_same() -> None:
    assert isinstance(read({"id": "a", "choices": []})[-1], Finish)


def test_groqs_usage_counts_where_there_is_no_other() -> None:
    counts = {"prompt_tokens": 1, "completion_tokens": 2, "total_tokens": 3}
    assert Usage(1, 2) in read({"id": "a", "choices": [], "x_groq": {"usage": counts}})


def test_an_error_beside_choices_is_one() -> None:
    with pytest.raises(GatewayError, match="boom"):
        read({"id": "a", "choices": [], "error": {"message": "boom"}})
