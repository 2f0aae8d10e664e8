"""Tool calls, as services send them and as they should."""

from __future__ import annotations

from typing import Any

import pytest

from proxy.errors import ErrorKind
from proxy.ir import Close, Delta, Open, ToolCall
from tests.proxy.dialects.openai_chat.folding import fold
from tests.proxy.dialects.openai_chat.streams import delta, read, sse, told

Item = dict[str, Any]


def item(index: int | None, id: str | None, name: str | None, arguments: Any) -> Item:
    """One item of `tool_calls`, without the fields that are None; "null" for a null."""
    inner = {"name": name, "arguments": arguments}
    out: Item = {"index": index, "id": id, "type": "function"}
    out = {key: value for key, value in out.items() if value is not None}
    out["function"] = {key: value for key, value in inner.items() if value is not None}
    if arguments == "null":
        out["function"]["arguments"] = None
    return out


def calls(*items: Item) -> list[tuple[str, str]]:
    folded = fold(read(*[delta(tool_calls=[item]) for item in items], delta(finish="stop")))
    return [(part.name, part.arguments) for part in folded["parts"].get(0, ())]


F = ("f", '{"a":1}')
G = ("g", '{"b":2}')


@pytest.mark.parametrize(
    ("items", "expected"),
    [
        ([item(0, "x", "f", ""), item(0, None, None, '{"a"'), item(0, None, None, ":1}")], [F]),
        ([item(0, "x", "f", F[1]), item(1, "y", "g", G[1])], [F, G]),
        ([item(None, "x", "f", F[1]), item(None, "y", "g", G[1])], [F, G]),
        ([item(0, "x", "f", F[1]), item(0, "y", "g", G[1])], [F, G]),
        ([item(0, "", "f", F[1]), item(0, "", "f", G[1])], [F, ("f", G[1])]),
        ([item(None, "", "f", F[1]), item(None, "", "f", G[1])], [F, ("f", G[1])]),
        ([item(1, "x", "f", ""), item(1, None, None, ""), item(1, None, None, F[1])], [F]),
        ([item(0, "x", "f", "{}")], [("f", "{}")]),
        ([item(0, "x", "f", ""), item(0, None, None, "{}")], [("f", "{}")]),
        ([item(0, "x", "f", ""), item(0, None, "f", F[1])], [F]),
        ([item(0, "x", "f", "null")], [("f", "")]),
        ([item(0, "x", "f", {"a": 1})], [F]),
        ([item(0, "x", None, ""), item(0, None, "f", F[1])], [F]),
        ([item(0, "x", "f", '{"a"'), item(1, "y", "g", G[1]), item(0, None, None, ":1}")], [F, G]),
        ([item(0, "x", "f", ""), item(None, None, None, F[1])], [F]),
        ([{}, {"function": {"name": "", "arguments": ""}}], []),
    ],
    ids=[
        "by-the-book",
        "whole",
        "no-index",
        "index-always-0",
        "no-ids",
        "no-ids-no-index",
        "starts-at-1",
        "no-arguments-at-once",
        "no-arguments-later",
        "name-repeated",
        "null",
        "object",
        "name-later",
        "interleaved",
        "goes-on-unnamed",
        "empty",
    ],
)
def test_calls_are_put_together(items: list[Item], expected: list[tuple[str, str]]) -> None:
    assert calls(*items) == expected


def test_a_call_without_id_gets_one_and_always_the_same() -> None:
    wire = delta(tool_calls=[item(0, "", "f", "{}"), item(1, "", "g", "{}")])
    first, again = [[part.id for part in fold(read(wire))["parts"][0]] for _ in range(2)]
    assert first == again
    assert len(set(first)) == 2
    assert all(id.startswith("call_") and len(id) <= 40 for id in first)


def test_a_complete_call_closes_before_the_next_opens() -> None:
    events = read(delta(tool_calls=[item(0, "x", "f", "{}"), item(1, "y", "g", "{}")]))
    kinds = [type(event) for event in events if isinstance(event, Open | Close)]
    assert kinds == [Open, Close, Open, Close]


def test_a_closed_call_cannot_go_on() -> None:
    _, error = told(
        sse(
            delta(tool_calls=[item(0, "x", "f", "{}"), item(1, "y", "g", "{}")]),
            delta(tool_calls=[item(0, None, None, "more")]),
        )
    )
    assert error is not None
    assert error.kind is ErrorKind.UPSTREAM_BROKEN


def test_a_custom_call_takes_text() -> None:
    first = {"index": 0, "id": "x", "type": "custom", "custom": {"name": "p", "input": "a"}}
    events = read(
        delta(tool_calls=[first]), delta(tool_calls=[{"index": 0, "custom": {"input": "b"}}])
    )
    (part,) = fold(events)["parts"][0]
    assert part == ToolCall("x", "p", "ab", custom=True)


def test_a_late_signature_comes_with_the_close() -> None:
    slot = {"google": {"thought_signature": "c2ln"}}
    events = read(
        delta(tool_calls=[item(0, "x", "f", "{}")]),
        delta(tool_calls=[{"index": 0, "function": {"arguments": ""}, "extra_content": slot}]),
    )
    assert not any(isinstance(event, Delta) for event in events)
    (close,) = [event for event in events if isinstance(event, Close)]
    assert close.signature is not None


def kinds(*chunks: Any) -> list[str]:
    """Which parts open and close, in order."""
    shown = {Open: "open", Close: "close"}
    return [f"{shown[type(e)]} {e.index}" for e in read(*chunks) if isinstance(e, Open | Close)]


INTERLEAVED = [
    delta(tool_calls=[item(0, "x", "f", '{"a"')]),
    delta(tool_calls=[item(1, "y", "g", '{"b"')]),
    delta(tool_calls=[item(2, "z", "h", "{}")]),
    delta(tool_calls=[item(1, None, None, ":2}")]),
    delta(tool_calls=[item(0, None, None, ":1}")]),
    delta(finish="tool_calls"),
]


def test_interleaved_calls_are_told_one_after_the_other() -> None:
    assert kinds(*INTERLEAVED) == [f"{word} {n}" for n in range(3) for word in ("open", "close")]
    folded = fold(read(*INTERLEAVED))
    assert [(p.name, p.arguments) for p in folded["parts"][0]] == [F, G, ("h", "{}")]


def test_calls_that_never_complete_are_told_in_order_at_the_end() -> None:
    first, second = item(0, "x", "f", ""), item(1, "y", "g", '{"b"')
    chunks = [delta(tool_calls=[first, second]), delta(finish="length")]
    assert kinds(*chunks) == ["open 0", "close 0", "open 1", "close 1"]


def test_text_in_the_middle_of_a_call_waits_for_its_end() -> None:
    chunks = [
        delta(tool_calls=[item(0, "x", "f", '{"a"')]),
        delta(content="hm"),
        delta(tool_calls=[item(0, None, None, ":1}")]),
        delta(content="!"),
        delta(finish="stop"),
    ]
    assert kinds(*chunks) == ["open 0", "close 0", "open 1", "close 1"]
    call, said = fold(read(*chunks))["parts"][0]
    assert (call.arguments, said.text) == (F[1], "hm!")


def test_a_services_own_fields_of_a_call_come_with_its_close() -> None:
    own = item(0, "x", "f", "{}") | {"vendor": 1, "extra_content": {"google": {"other": 2}}}
    own["function"]["parsed"] = {"a": 1}
    (close,) = [e for e in read(delta(tool_calls=[own])) if isinstance(e, Close)]
    assert close.opaque is not None
    assert close.opaque.data == {
        "vendor": 1,
        "function.parsed": {"a": 1},
        "extra_content": {"google": {"other": 2}},
    }
