"""No more answers are asked for than a service gives."""

from __future__ import annotations

from typing import Any

import pytest

from proxy.bounds import answers, question
from proxy.errors import GatewayError
from proxy.ir import Dialect, Foreign, Opaque, Part, Role, Text, Turn

CHAT, GEMINI, IMAGES = Dialect.OPENAI_CHAT, Dialect.GEMINI, Dialect.OPENAI_IMAGES


@pytest.mark.parametrize(
    ("number", "asked", "answering", "param"),
    [
        (129, CHAT, CHAT, "n"),
        (9, CHAT, GEMINI, "n"),
        (9, GEMINI, GEMINI, "generationConfig.candidateCount"),
        (129, Dialect.CODE_ASSIST, CHAT, "request.generationConfig.candidateCount"),
    ],
)
def test_too_many_are_refused(number: int, asked: Dialect, answering: Dialect, param: str) -> None:
    with pytest.raises(GatewayError) as caught:
        answers(number, asked, answering)
    assert caught.value.param == param


@pytest.mark.parametrize(
    ("number", "answering"), [(128, CHAT), (8, GEMINI), (None, CHAT), ("x", CHAT), (50, IMAGES)]
)
def test_others_are_left_to_the_upstream(number: Any, answering: Dialect) -> None:
    answers(number, CHAT, answering)


@pytest.mark.parametrize("parts", [[], [()], [(Text(""),)], [(), (Text(""), Text(""))]])
@pytest.mark.parametrize(("asked", "param"), [(CHAT, "messages"), (GEMINI, "contents")])
def test_nothing_to_ask_is_refused_in_the_caller_s_words(
    parts: list[tuple[Part, ...]], asked: Dialect, param: str
) -> None:
    with pytest.raises(GatewayError, match="nothing to ask") as caught:
        question([Turn(Role.USER, each) for each in parts], asked)
    assert (caught.value.status, caught.value.param) == (400, param)


@pytest.mark.parametrize("part", [Text("x"), Foreign(Opaque(CHAT, {"type": "x"}))])
def test_whatever_is_said_is_a_question(part: Part) -> None:
    question([Turn(Role.USER, ()), Turn(Role.USER, (part,))], GEMINI)
