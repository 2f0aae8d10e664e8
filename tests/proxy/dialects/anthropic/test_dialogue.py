"""Turns of other dialects, fitted to Anthropic's rules."""

from __future__ import annotations

from typing import Any

import pytest

from gateway.simulator import seal
from gateway.simulator.anthropic import rules
from proxy.dialects.anthropic import CODEC
from proxy.ir import (
    Code,
    CodeResult,
    Dialect,
    Foreign,
    Media,
    Opaque,
    Part,
    Refusal,
    Request,
    Role,
    Signature,
    Text,
    Thinking,
    ToolCall,
    ToolResult,
    Turn,
)

PNG = Media("image/png", "iVBORw0KGgo=")
PROOF = Signature(Dialect.GEMINI, "QUJD")


def system(*parts: Part) -> Turn:
    return Turn(Role.SYSTEM, parts)


def user(*parts: Part) -> Turn:
    return Turn(Role.USER, parts)


def model(*parts: Part) -> Turn:
    return Turn(Role.MODEL, parts)


def render(*turns: Turn) -> tuple[dict[str, Any], list[tuple[str, str]]]:
    rendered = CODEC.render_request(Request(model="claude-x", turns=turns))
    rules.check(rendered.body)
    return rendered.body, [(loss.field, loss.where) for loss in rendered.losses]


def said(*turns: Turn) -> list[Any]:
    body, losses = render(*turns)
    assert losses == []
    return list(body["messages"])


def lost(*turns: Turn) -> list[str]:
    return [field for field, _ in render(*turns)[1]]


HI = user(Text("hi"))
ANSWER = user(ToolResult("c", (Text("ok"),)))


def test_leading_system_text_goes_to_its_field() -> None:
    body, losses = render(system(Text("a")), system(Text("b")), HI)
    assert body["system"] == [{"type": "text", "text": "a"}, {"type": "text", "text": "b"}]
    assert losses == []


def test_later_system_text_is_hoisted_and_told() -> None:
    body, losses = render(HI, system(Text("a")), user(Text("b")))
    assert body["system"] == [{"type": "text", "text": "a"}]
    assert [block["text"] for block in body["messages"][0]["content"]] == ["hi", "b"]
    assert losses == [("system order", "turns[1]")]


def test_system_text_alone_is_asked_as_the_user() -> None:
    body, losses = render(system(Text("a")))
    assert body["messages"] == [{"role": "user", "content": [{"type": "text", "text": "a"}]}]
    assert losses == [("system role", "turns[0]")]


def test_a_picture_in_system_text_is_lost() -> None:
    assert lost(system(Text("a"), PNG), HI) == ["image"]


def test_roles_alternate() -> None:
    roles = [m["role"] for m in said(HI, HI, model(Text("a")), model(Text("b")), HI)]
    assert roles == ["user", "assistant", "user"]


def test_turns_of_this_dialect_stay_apart() -> None:
    messages = [{"role": "user", "content": "a"}, {"role": "user", "content": "b"}]
    request = CODEC.parse_request({"model": "m", "messages": messages})
    assert CODEC.render_request(request).body["messages"] == messages


def test_results_come_first_in_the_order_of_their_calls() -> None:
    calls = model(ToolCall("c1", "f"), ToolCall("c2", "f"))
    answers = (ToolResult("c2", (Text("2"),)), ToolResult("c1", (Text("1"),)))
    body, losses = render(HI, calls, user(Text("Look:")), user(*answers), user(Text("?")))
    assert losses == [("part_order", "turns[2]")]
    content = body["messages"][-1]["content"]
    assert [block.get("content", block.get("text")) for block in content] == [
        "1",
        "2",
        "Look:",
        "?",
    ]


def test_ids_are_made_where_there_are_none() -> None:
    calls = model(ToolCall("", "f"), ToolCall("", "g"))
    answers = user(ToolResult("", (), name="g"), ToolResult("", (), name="f"))
    _, asked, answered = said(HI, calls, answers)
    assert [block["id"] for block in asked["content"]] == ["toolu_0", "toolu_1"]
    assert [block["tool_use_id"] for block in answered["content"]] == ["toolu_0", "toolu_1"]


def test_ids_that_do_not_fit_are_mapped_alike() -> None:
    call, answer = ToolCall("functions.f:0", "f"), ToolResult("functions.f:0", ())
    _, asked, answered = said(HI, model(call), user(answer))
    assert asked["content"][0]["id"] == answered["content"][0]["tool_use_id"]
    assert asked["content"][0]["id"].startswith("functions_f_0_")


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [("", {}), ("{}", {}), ('{"a": 1}', {"a": 1})],
)
def test_arguments_become_an_object(arguments: str, expected: Any) -> None:
    assert (
        said(HI, model(ToolCall("c", "f", arguments)), ANSWER)[1]["content"][0]["input"] == expected
    )


def test_arguments_that_are_no_object_are_kept_and_told() -> None:
    body, losses = render(HI, model(ToolCall("c", "f", "{cut")), ANSWER)
    assert body["messages"][1]["content"][0]["input"] == {"_raw": "{cut"}
    assert losses == [("arguments", "turns[1].parts[0]")]


def test_free_text_of_a_call_is_its_input() -> None:
    call = ToolCall("c", "f", "*** patch", custom=True)
    assert said(HI, model(call), ANSWER)[1]["content"][0]["input"] == {"input": "*** patch"}


def test_a_result_may_hold_pictures_and_be_an_error() -> None:
    answer = ToolResult("c", (Text("see"), PNG), is_error=True)
    block = said(HI, model(ToolCall("c", "f")), user(answer))[2]["content"][0]
    assert block["is_error"] is True
    assert [each["type"] for each in block["content"]] == ["text", "image"]


def test_an_empty_result_says_nothing() -> None:
    answer = ToolResult("c", (Text(""),))
    block = said(HI, model(ToolCall("c", "f")), user(answer))[2]["content"][0]
    assert block == {"type": "tool_result", "tool_use_id": "c"}


def test_empty_text_and_empty_turns_are_left_out() -> None:
    assert said(user(Text(""), Text("hi")), model(Text("")), user(Text("?"))) == [
        {"role": "user", "content": [{"type": "text", "text": "hi"}, {"type": "text", "text": "?"}]}
    ]


def test_code_of_the_past_is_shown_in_fences() -> None:
    content = said(HI, model(Code("1", "python"), CodeResult("1")), HI)[1]["content"]
    assert [block["text"][:8] for block in content] == ["\n```pyth", "\n```outp"]


def test_a_thought_of_anthropics_is_sent_back() -> None:
    proof = Signature(Dialect.ANTHROPIC, seal.sign("x"))
    content = said(HI, model(Thinking("hm", proof), Text("a")), HI)[1]["content"]
    assert content[0] == {"type": "thinking", "thinking": "hm", "signature": proof.value}


@pytest.mark.parametrize(
    ("part", "expected"),
    [
        (Thinking("hm"), ["thinking"]),
        (Thinking("hm", PROOF), ["thinking"]),
        (Thinking(""), []),
        (Text("a", PROOF), ["signature"]),
        (Refusal("no"), ["refusal"]),
        (PNG, ["image"]),
        (Foreign(Opaque(Dialect.GEMINI, {"toolCall": {}})), ["toolCall"]),
    ],
)
def test_what_a_models_turn_loses(part: Part, expected: list[str]) -> None:
    assert lost(HI, model(part, Text("b")), HI) == expected


def test_a_call_loses_the_signature_of_another_dialect() -> None:
    assert lost(HI, model(ToolCall("c", "f", signature=PROOF)), ANSWER) == ["signature"]
