from __future__ import annotations

from typing import Any

import pytest

from proxy.dialects.base import Loss
from proxy.dialects.gemini import CODEC
from proxy.errors import ErrorKind, GatewayError
from proxy.ir import (
    Dialect,
    Media,
    Request,
    Role,
    Signature,
    Text,
    Thinking,
    ToolCall,
    ToolResult,
    Turn,
)
from proxy.signatures import BYPASS

ASK = Turn(Role.USER, (Text("?"),))
CALLS = Turn(Role.MODEL, (ToolCall("c1", "one", '{"a":1}'), ToolCall("c2", "two")))


def result(call_id: str, text: str = "ok", *more: Any, **fields: Any) -> Turn:
    return Turn(Role.USER, (ToolResult(call_id, (Text(text), *more), **fields),))


def render(*turns: Turn, model: str = "gemini-2.5-flash") -> tuple[dict[str, Any], list[Loss]]:
    rendered = CODEC.render_request(Request(model=model, turns=turns))
    return rendered.body, rendered.losses


def test_system_text_is_hoisted_and_a_late_one_is_reported() -> None:
    system, late = Turn(Role.SYSTEM, (Text("be"),)), Turn(Role.SYSTEM, (Text("kind"),))
    body, losses = render(system, ASK, late)
    assert body["systemInstruction"] == {"parts": [{"text": "be"}, {"text": "kind"}]}
    assert len(body["contents"]) == 1
    assert losses == [Loss("system order", "turns[2]")]


def test_system_text_alone_becomes_the_users_turn() -> None:
    body, losses = render(Turn(Role.SYSTEM, (Text("be"),)))
    assert body == {"contents": [{"role": "user", "parts": [{"text": "be"}]}]}
    assert [loss.field for loss in losses] == ["system role"]


def test_results_become_one_content_in_the_order_of_their_calls() -> None:
    body, losses = render(ASK, CALLS, result("c2", "two"), result("c1", "one"), ASK)
    roles = [content["role"] for content in body["contents"]]
    assert roles == ["user", "model", "user", "user"]
    answers = [part["functionResponse"] for part in body["contents"][2]["parts"]]
    assert answers == [
        {"name": "one", "response": {"result": "one"}},
        {"name": "two", "response": {"result": "two"}},
    ]
    assert losses == []


def test_model_turns_that_were_split_are_joined() -> None:
    first, second = (Turn(Role.MODEL, (part,)) for part in CALLS.parts)
    body, _ = render(ASK, first, second, result("c1"), result("c2"))
    assert [len(content["parts"]) for content in body["contents"]] == [1, 2, 2]


@pytest.mark.parametrize(
    ("turn", "response"),
    [
        (result("c1", '{"x": 1}'), {"x": 1}),
        (result("c1", "[1]"), {"result": "[1]"}),
        (result("c1", "no", is_error=True), {"error": "no"}),
        (result("c1", ""), {}),
    ],
    ids=["object", "list", "error", "empty"],
)
def test_a_response_is_an_object(turn: Turn, response: dict[str, Any]) -> None:
    body, _ = render(ASK, CALLS, turn)
    assert body["contents"][2]["parts"][0]["functionResponse"]["response"] == response


def test_an_unknown_call_goes_by_the_results_own_name_or_id() -> None:
    body, _ = render(ASK, result("x", name="f"), result("y"))
    names = [part["functionResponse"]["name"] for part in body["contents"][1]["parts"]]
    assert names == ["f", "y"]


def test_gemini_3_gets_ids_on_both_sides_and_one_bypass() -> None:
    body, _ = render(ASK, CALLS, result("c1"), model="gemini-3-pro-preview")
    calls = body["contents"][1]["parts"]
    assert [part["functionCall"]["id"] for part in calls] == ["c1", "c2"]
    assert [part.get("thoughtSignature") for part in calls] == [BYPASS, None]
    assert body["contents"][2]["parts"][0]["functionResponse"]["id"] == "c1"


def test_older_models_get_neither_ids_nor_a_bypass() -> None:
    body, _ = render(ASK, CALLS)
    assert body["contents"][1]["parts"] == [
        {"functionCall": {"name": "one", "args": {"a": 1}}},
        {"functionCall": {"name": "two", "args": {}}},
    ]


def test_signatures_of_gemini_go_back_and_others_are_lost() -> None:
    ours, theirs = Signature(Dialect.GEMINI, "QUJD"), Signature(Dialect.ANTHROPIC, "x")
    said = Turn(Role.MODEL, (Text("a", signature=ours), Text("b", signature=theirs)))
    body, losses = render(ASK, said)
    assert body["contents"][1]["parts"] == [
        {"text": "a", "thoughtSignature": "QUJD"},
        {"text": "b"},
    ]
    assert losses == [Loss("signature", "turns[1].parts[1]")]


def test_thoughts_of_other_models_are_lost() -> None:
    body, losses = render(ASK, Turn(Role.MODEL, (Thinking("hm"), Text("a"))))
    assert body["contents"][1]["parts"] == [{"text": "a"}]
    assert losses == [Loss("thinking", "turns[1].parts[0]")]


def test_a_signature_that_came_back_on_a_thought_belongs_to_the_call() -> None:
    signed = Thinking("hm", signature=Signature(Dialect.GEMINI, "QUJD"))
    turn = Turn(Role.MODEL, (signed, *CALLS.parts))
    body, losses = render(ASK, turn, model="gemini-3-pro-preview")
    thought, call, second = body["contents"][1]["parts"]
    assert thought == {"text": "hm", "thought": True}
    assert call["thoughtSignature"] == "QUJD"
    assert "thoughtSignature" not in second
    assert losses == []


IMAGE = Media("image/png", data="iVBORw0KGgo=")


def test_media_in_a_result_goes_inside_for_gemini_3() -> None:
    body, _ = render(ASK, CALLS, result("c1", "x", IMAGE), model="gemini-3-pro-preview")
    response = body["contents"][2]["parts"][0]["functionResponse"]
    assert response["parts"] == [{"inlineData": {"mimeType": "image/png", "data": "iVBORw0KGgo="}}]


def test_media_in_a_result_follows_it_for_older_models() -> None:
    body, _ = render(ASK, CALLS, result("c1", "x", IMAGE), result("c2"))
    kinds = [next(iter(part)) for part in body["contents"][2]["parts"]]
    assert kinds == ["functionResponse", "inlineData", "functionResponse"]


def test_broken_arguments_are_kept_whole_and_reported() -> None:
    body, losses = render(ASK, Turn(Role.MODEL, (ToolCall("c", "f", '{"a":'),)))
    assert body["contents"][1]["parts"][0]["functionCall"]["args"] == {"_raw": '{"a":'}
    assert losses == [Loss("arguments", "turns[1].parts[0]")]


def test_free_text_of_a_custom_tool_is_its_input() -> None:
    body, losses = render(ASK, Turn(Role.MODEL, (ToolCall("c", "f", "*** Patch", custom=True),)))
    assert body["contents"][1]["parts"][0]["functionCall"]["args"] == {"input": "*** Patch"}
    assert losses == []


def test_a_turn_of_which_nothing_is_left_is_left_out() -> None:
    body, _ = render(ASK, Turn(Role.MODEL, (Text(""),)), ASK)
    assert len(body["contents"]) == 2


def test_a_foreign_url_is_refused_with_advice() -> None:
    with pytest.raises(GatewayError, match="data URL"):
        render(Turn(Role.USER, (Media("", url="https://example.com/a.png"),)))


def test_many_results_of_one_call_cannot_multiply_a_long_name() -> None:
    call = Turn(Role.MODEL, (ToolCall("c1", "f" * 10_000),))
    with pytest.raises(GatewayError, match="name") as caught:
        render(ASK, call, *[result("c1")] * 3)
    assert caught.value.kind is ErrorKind.INVALID_REQUEST
