from __future__ import annotations

import pytest

from proxy.dialects.code_assist import COUNTING
from proxy.dialects.gemini import CODEC as GEMINI
from proxy.errors import GatewayError
from tests.proxy.dialects.code_assist.wrapped import JSON

CONTENTS = [{"role": "user", "parts": [{"text": "hi"}]}]
ASKED: JSON = {"request": {"model": "models/m", "contents": CONTENTS}}


def test_a_question_is_written_as_it_came() -> None:
    rendered = COUNTING.render_request(COUNTING.parse_request(ASKED))
    assert rendered.body == ASKED
    assert rendered.losses == []


def test_system_text_and_tools_are_not_counted_there() -> None:
    tools = [{"functionDeclarations": [{"name": "f"}]}]
    body = {"contents": CONTENTS, "tools": tools, "systemInstruction": {"parts": [{"text": "s"}]}}
    rendered = COUNTING.render_request(GEMINI.parse_request(body, model="m"))
    assert rendered.body == ASKED
    assert {loss.field for loss in rendered.losses} == {"tools", "systemInstruction"}


def test_the_answer_has_no_envelope() -> None:
    assert COUNTING.parse_response({"totalTokens": 7}) == 7
    assert COUNTING.render_response(7) == {"totalTokens": 7}


def test_a_question_without_a_request_is_refused() -> None:
    with pytest.raises(GatewayError) as caught:
        COUNTING.parse_request({"contents": CONTENTS})
    assert caught.value.param == "request"
