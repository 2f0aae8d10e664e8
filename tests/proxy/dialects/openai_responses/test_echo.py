from __future__ import annotations

from proxy.dialects.openai_responses import CODEC
from proxy.dialects.openai_responses.echo import echo
from tests.proxy.dialects.openai_responses.streams import ASKED

BODY = {
    "model": "m",
    "input": "hi",
    "instructions": "be brief",
    "temperature": 0.5,
    "max_output_tokens": 9,
    "tools": [{"type": "function", "name": "f", "parameters": None, "strict": True}],
    "tool_choice": {"type": "function", "name": "f"},
    "text": {"format": {"type": "json_object"}},
    "reasoning": {"effort": "low"},
    "metadata": {"a": "b"},
    "parallel_tool_calls": False,
    "store": True,
}


def test_an_answer_repeats_what_was_asked() -> None:
    found = echo(CODEC.parse_request(BODY))
    repeated = BODY.keys() - {"model", "input", "text", "reasoning", "store"}
    assert {key: found[key] for key in repeated} == {key: BODY[key] for key in repeated}
    assert found["text"] == {"format": {"type": "json_object"}, "verbosity": "medium"}
    assert found["reasoning"] == {"effort": "low", "summary": None}


def test_it_says_whether_it_is_stored_and_goes_on_from_nothing() -> None:
    assert echo(ASKED)["store"] is True
    found = echo(CODEC.parse_request(BODY | {"store": False}))
    assert (found["store"], found["background"], found["previous_response_id"]) == (
        False,
        False,
        None,
    )


def test_what_was_not_asked_has_openais_defaults() -> None:
    found = echo(ASKED)
    assert (found["temperature"], found["tools"], found["tool_choice"]) == (1.0, [], "auto")
    assert found["instructions"] is None
