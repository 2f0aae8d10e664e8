from __future__ import annotations

import json

import pytest

from proxy.dialects.custom import Restorer, names, plain, restored
from proxy.dialects.gemini import CODEC
from proxy.ir import (
    Batch,
    Close,
    CustomTool,
    Delta,
    Dialect,
    FunctionTool,
    Open,
    Request,
    Signature,
    Text,
    ToolCall,
)

PATCH = '*** Begin Patch\n"quoted" \u2028 äöü\n*** End Patch'
WIRE = json.dumps({"input": PATCH})


def call(*pieces: str, name: str = "patch", index: int = 0) -> Batch:
    first, *more = pieces
    opened = Open(index, ToolCall("c1", name, first))
    return [opened, *(Delta(index, piece) for piece in more), Close(index)]


def text(events: Batch) -> str:
    return "".join(event.text for event in events if isinstance(event, Delta))


def test_only_free_text_tools_are_named() -> None:
    request = Request(model="m", turns=(), tools=(CustomTool("patch"), FunctionTool("f")))
    assert names(request) == {"patch"}


@pytest.mark.parametrize(
    "pieces",
    [[WIRE], ["", WIRE], ["", *WIRE], [WIRE[:9], WIRE[9:20], WIRE[20:]]],
    ids=["whole", "one delta", "every character", "pieces"],
)
def test_a_call_is_free_text_again(pieces: list[str]) -> None:
    opened, *rest = restored(call(*pieces), {"patch"})
    assert opened == Open(0, ToolCall("c1", "patch", custom=True))
    assert rest == [Delta(0, PATCH), Close(0)]


def test_batches_may_end_anywhere() -> None:
    events = call("", *WIRE)
    restorer = Restorer({"patch"})
    told = [one for event in events for one in restorer.feed([event])]
    assert told == restored(events, {"patch"})


def test_other_parts_stay_as_they_are_and_in_place() -> None:
    ours, other = call("", WIRE), call('{"input": "x"}', name="f", index=1)
    said: Batch = [Open(2, Text("a")), Delta(2, "b"), Close(2)]
    mixed: Batch = [ours[0], *other, ours[1], *said, ours[2]]
    told = restored(mixed, {"patch"})
    assert told[1:-2] == [*other, *said]
    assert told[-2:] == [Delta(0, PATCH), Close(0)]


def test_a_signature_is_kept() -> None:
    signature = Signature(Dialect.GEMINI, "QUJD")
    events = [*call(WIRE)[:-1], Close(0, signature)]
    assert restored(events, {"patch"})[-1] == Close(0, signature)


def test_a_call_that_is_custom_already_is_not_read() -> None:
    events: Batch = [Open(0, ToolCall("c1", "patch", WIRE, custom=True)), Close(0)]
    assert restored(events, {"patch"}) == events


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ("", ""),
        ('{"input": ""}', ""),
        ('{"input": "a", "more": 1}', "a"),
        ('{"input": 5}', '{"input": 5}'),
        ('{"text": "a"}', '{"text": "a"}'),
        ('{"input": "a', '{"input": "a'),
        ("[" * 2000, "[" * 2000),
        ("free", "free"),
    ],
    ids=["nothing", "empty", "more", "number", "other name", "cut off", "deep", "no json"],
)
def test_what_a_model_wrote_otherwise_is_passed_on(arguments: str, expected: str) -> None:
    assert plain(arguments) == expected


def test_a_call_from_gemini_comes_back_as_it_was_offered() -> None:
    part = {"functionCall": {"name": "patch", "args": {"input": PATCH}}}
    said = [{"content": {"parts": [part]}, "finishReason": "STOP"}]
    events = restored(CODEC.parse_response({"candidates": said}), {"patch"})
    (opened,) = (event for event in events if isinstance(event, Open))
    assert isinstance(opened.part, ToolCall)
    assert opened.part.custom
    assert text(events) == PATCH
