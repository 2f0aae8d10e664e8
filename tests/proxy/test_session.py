"""Which conversation it is: what real clients say of themselves, or how it began."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from proxy.session import session_of


def of(body: Any = None, owner: str = "", **headers: str) -> str:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    raw = b"" if body is None else body if isinstance(body, bytes) else msgspec.json.encode(body)
    return session_of(named, raw, owner=owner)


def chat(*texts: str, **more: Any) -> dict[str, Any]:
    roles = ("user", "assistant")
    messages = [{"role": roles[n % 2], "content": text} for n, text in enumerate(texts)]
    return {"model": "m", "messages": messages, **more}


SAID: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "Codex's cache key": ({"prompt_cache_key": "a", "input": "1"}, {"prompt_cache_key": "b"}),
    "Code Assist": (
        {"request": {"contents": [], "session_id": "a"}, "project": "p"},
        {"request": {"contents": [], "session_id": "b"}, "project": "p"},
    ),
    "Claude Code": (
        chat("hi", metadata={"user_id": '{"session_id": "a"}'}),
        chat("hi", metadata={"user_id": '{"session_id": "b"}'}),
    ),
    "a person": (chat("hi", user="a"), chat("hi", user="b")),
    "a hidden person": (chat("hi", safety_identifier="a"), chat("hi", safety_identifier="b")),
    "system text": (
        {"system": "a", "messages": [{"role": "user", "content": "hi"}]},
        {"system": "b", "messages": [{"role": "user", "content": "hi"}]},
    ),
    "instructions": (
        {"instructions": "a", "input": "hi"},
        {"instructions": "b", "input": "hi"},
    ),
    "Gemini's system text": (
        {"systemInstruction": {"parts": [{"text": "a"}]}, "contents": [{"parts": []}]},
        {"system_instruction": {"parts": [{"text": "b"}]}, "contents": [{"parts": []}]},
    ),
    "the first question": (chat("hi"), chat("ho")),
    "Gemini's first question": (
        {"contents": [{"role": "user", "parts": [{"text": "hi"}]}]},
        {"contents": [{"role": "user", "parts": [{"text": "ho"}]}]},
    ),
    "a developer's turn": (
        {"input": [{"role": "developer", "content": "a"}, {"role": "user", "content": "hi"}]},
        {"input": [{"role": "developer", "content": "b"}, {"role": "user", "content": "hi"}]},
    ),
}


@pytest.mark.parametrize(("one", "other"), SAID.values(), ids=SAID.keys())
def test_conversations_are_told_apart(one: dict[str, Any], other: dict[str, Any]) -> None:
    assert of(one) == of(one) != of(other)
    assert of(one)


@pytest.mark.parametrize("name", ["x_claude_code_session_id", "session_id", "thread_id"])
def test_a_header_counts_first(name: str) -> None:
    assert of(chat("hi"), **{name: "s"}) == of(chat("ho"), **{name: "s"})
    assert of(chat("hi"), **{name: "s"}) != of(chat("hi"), **{name: "t"})


def test_a_conversation_that_goes_on_is_the_same_one() -> None:
    assert of(chat("hi")) == of(chat("hi", "hello", "and now?"))


def test_cache_marks_that_move_are_not_looked_at() -> None:
    mark = {"cache_control": {"type": "ephemeral"}}
    first = {"messages": [{"role": "user", "content": [{"type": "text", "text": "hi", **mark}]}]}
    later = {"messages": [{"role": "user", "content": [{"type": "text", "text": "hi"}]}]}
    assert of(first) == of(later)


def test_system_text_that_changes_with_every_question_is_not_looked_at() -> None:
    blocks = [{"type": "text", "text": "be kind"}]
    one = {"type": "text", "text": "x-anthropic-billing-header: cc_version=1;"}
    other = {"type": "text", "text": "x-anthropic-billing-header: cc_version=2;"}
    assert of(chat("hi", system=[one, *blocks])) == of(chat("hi", system=[other, *blocks]))


def test_different_callers_have_different_conversations() -> None:
    assert of(chat("hi"), owner="1") != of(chat("hi"), owner="2")
    assert of(owner="1", session_id="s") != of(owner="2", session_id="s")


def test_words_do_not_run_into_one_another() -> None:
    assert of({"system": "ab", "input": "c"}) != of({"system": "a", "input": "bc"})


def test_nobody_can_read_a_name_in_it() -> None:
    assert "alice" not in of(chat("hi", user="alice"))
    assert len(of(session_id="s" * 9_999)) == 32


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b"\xff",
        b'"text"',
        b"{}",
        b'{"messages": 7}',
        b'{"messages": [7, null, {"role": 3}]}',
        b'{"metadata": [], "user": {"a": 1}, "request": 4}',
        b'{"input": [{"role": "user", "content": [{"text": {}}, 4]}]}',
        b'{"messages": ' + b"[" * 5_000 + b"]" * 5_000 + b"}",
        b'{"messages": "' + b"x" * 600_000 + b'"}',
    ],
    ids=range(12),
)
def test_what_tells_nothing_is_no_session(body: bytes) -> None:
    assert of(body) == ""


def test_a_list_of_texts_is_looked_into_as_a_prompt_would_be() -> None:
    assert of({"input": "hi"}) != of({"input": "ho"})
    assert of({"input": ["hi"]}) == of({"input": ["ho"]}) == ""


def test_surrogates_are_no_accident() -> None:
    assert of(b'{"user": "\\ud83d\\ude00", "input": "\\u00e9"}')
