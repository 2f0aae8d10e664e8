from __future__ import annotations

import pytest

from proxy.dialects.gemini import COUNTING
from proxy.errors import GatewayError
from proxy.ir import Request, Role, Text, Turn

ASK = {"contents": [{"role": "user", "parts": [{"text": "?"}]}]}


@pytest.mark.parametrize("body", [ASK, {"generate_content_request": ASK | {"model": "models/x"}}])
def test_both_forms_are_prompts(body: dict[str, object]) -> None:
    request = COUNTING.parse_request(body, model="m")
    assert request.model == "m"
    assert request.turns[-1].parts[0].text == "?"  # type: ignore[union-attr]


def test_contents_alone_are_counted_bare() -> None:
    request = Request(model="m", turns=(Turn(Role.USER, (Text("?"),)),))
    assert COUNTING.render_request(request).body == ASK


def test_system_text_is_counted_in_a_whole_request() -> None:
    turns = (Turn(Role.SYSTEM, (Text("be"),)), Turn(Role.USER, (Text("?"),)))
    body = COUNTING.render_request(Request(model="m", turns=turns)).body
    system = {"systemInstruction": {"parts": [{"text": "be"}]}}
    assert body == {"generateContentRequest": ASK | system | {"model": "models/m"}}


def test_the_total_is_read_and_written() -> None:
    assert COUNTING.parse_response({"totalTokens": 4}) == 4
    assert COUNTING.parse_response({}) == 0
    assert COUNTING.render_response(4) == {"totalTokens": 4}


@pytest.mark.parametrize("body", [{"totalTokens": "4"}, {"error": {"code": 500}}])
def test_no_count_is_an_error(body: dict[str, object]) -> None:
    with pytest.raises(GatewayError):
        COUNTING.parse_response(body)
