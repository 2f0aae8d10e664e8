"""Streamed answers as OpenAI writes them."""

from __future__ import annotations

from typing import Any

import pytest

from proxy.dialects.base import Loss
from proxy.dialects.openai_responses import CODEC
from proxy.errors import ErrorKind, GatewayError
from proxy.ir import (
    Citation,
    Cite,
    Close,
    Code,
    CodeResult,
    Delta,
    Dialect,
    Event,
    Finish,
    FinishReason,
    Foreign,
    Logprobs,
    Media,
    Opaque,
    Open,
    Ping,
    Refusal,
    Signature,
    Start,
    Text,
    Thinking,
    TokenLogprob,
    ToolCall,
    Usage,
)
from tests.proxy.dialects.openai_responses.folding import fold
from tests.proxy.dialects.openai_responses.streams import ASKED, shown, told, written

START = Start("abc", "m", 7)
END = Finish(FinishReason.STOP, "stop")


def said(*parts: Any) -> list[Event]:
    """Parts that each come whole."""
    events: list[Event] = [START]
    for index, part in enumerate(parts):
        events += [Open(index, part), Close(index)]
    return [*events, END]


def kinds(events: list[Event]) -> list[str]:
    return [each["type"].removeprefix("response.") for each in shown(written(events))]


def output(events: list[Event]) -> list[dict[str, Any]]:
    body = CODEC.render_response(events, ASKED).body
    assert shown(written(events))[-1]["response"] == body
    return list(body["output"])


def test_a_text_is_told_as_openai_tells_it() -> None:
    events: list[Event] = [
        START,
        Open(0, Text("")),
        Delta(0, "Hel"),
        Delta(0, "lo"),
        Close(0),
        Usage(1, 2),
        END,
    ]
    assert kinds(events) == [
        "created",
        "in_progress",
        "output_item.added",
        "content_part.added",
        "output_text.delta",
        "output_text.delta",
        "output_text.done",
        "content_part.done",
        "output_item.done",
        "completed",
    ]


def test_a_thought_is_told_as_a_summary() -> None:
    events: list[Event] = [START, Open(0, Thinking("")), Delta(0, "hm"), Close(0), END]
    assert kinds(events)[2:-1] == [
        "output_item.added",
        "reasoning_summary_part.added",
        "reasoning_summary_text.delta",
        "reasoning_summary_text.done",
        "reasoning_summary_part.done",
        "output_item.done",
    ]


def test_a_call_is_told_as_it_is_written() -> None:
    events: list[Event] = [
        START,
        Open(0, ToolCall("c", "f")),
        Delta(0, '{"a"'),
        Delta(0, ":1}"),
        Close(0),
        END,
    ]
    assert kinds(events)[2:-1] == [
        "output_item.added",
        "function_call_arguments.delta",
        "function_call_arguments.delta",
        "function_call_arguments.done",
        "output_item.done",
    ]


def test_numbers_have_no_gaps_and_ids_stay() -> None:
    wire = shown(written(said(Thinking("a"), Text("b"), ToolCall("c", "f", "{}"), Text("d"))))
    assert [each["sequence_number"] for each in wire] == list(range(len(wire)))
    ids = {each["output_index"]: set[str]() for each in wire if "output_index" in each}
    for each in wire:
        if "output_index" in each:
            ids[each["output_index"]].add(each.get("item_id") or each["item"]["id"])
    assert [len(found) for found in ids.values()] == [1, 1, 1, 1]
    assert max(len(id) for found in ids.values() for id in found) <= 64
    assert written(said(Text("x"))) == written(said(Text("x")))


def test_texts_in_a_row_are_one_message() -> None:
    (message,) = output(said(Text("a"), Refusal("no"), Text("b")))
    assert [part["type"] for part in message["content"]] == [
        "output_text",
        "refusal",
        "output_text",
    ]


def test_a_text_that_says_nothing_is_no_item() -> None:
    assert output(said(Text(""))) == []


def test_a_call_without_arguments_has_an_empty_object() -> None:
    (call,) = output(said(ToolCall("c", "f")))
    assert call["arguments"] == "{}"


def test_a_call_without_an_id_gets_one() -> None:
    first, second = output(said(ToolCall("", "f"), ToolCall("", "f")))
    assert first["call_id"].startswith("call_")
    assert first["call_id"] != second["call_id"]


def test_code_and_what_it_printed_are_one_item() -> None:
    (ran,) = output(said(Code("print(1)", "python"), CodeResult("1\n")))
    assert ran["type"] == "code_interpreter_call"
    assert ran["code"] == "print(1)"
    assert ran["outputs"] == [{"type": "logs", "logs": "1\n"}]
    (failed,) = output(said(Code("1/0"), CodeResult("oh", is_error=True)))
    assert failed["status"] == "failed"


def test_a_picture_is_an_item() -> None:
    (drawn,) = output(said(Media("image/webp", "aGk=")))
    assert drawn["type"] == "image_generation_call"
    assert (drawn["result"], drawn["output_format"]) == ("aGk=", "webp")


@pytest.mark.parametrize(
    ("part", "field"),
    [
        (Media("audio/wav", "aGk="), "audio"),
        (Foreign(Opaque(Dialect.GEMINI, {"toolCall": {}})), "toolCall"),
        (CodeResult("1"), "code_result"),
        (Text("x", opaque=Opaque(Dialect.ANTHROPIC, {"citations": []})), "citations"),
    ],
)
def test_what_cannot_be_said_is_a_loss(part: Any, field: str) -> None:
    renderer = CODEC.event_renderer(ASKED)
    renderer.feed(said(part))
    renderer.flush()
    assert renderer.losses == [Loss(field)]
    assert CODEC.render_response(said(part), ASKED).losses == [Loss(field)]


def test_an_unknown_item_of_this_dialect_is_told_verbatim() -> None:
    item = {"type": "web_search_call", "id": "ws_1", "status": "completed"}
    assert output(said(Foreign(Opaque(Dialect.OPENAI_RESPONSES, item)))) == [item]


def test_sources_are_offsets_into_their_part() -> None:
    cite = Cite((Citation("http://a", "A", 6, 8), Citation("http://b")))
    events: list[Event] = [
        START,
        Open(0, Text("first ")),
        Close(0),
        Open(1, ToolCall("c", "f")),
        Close(1),
    ]
    events += [Open(2, Text("second")), Close(2), cite, END]
    note, unplaced = output(events)[-1]["content"][0]["annotations"]
    assert (note["start_index"], note["end_index"]) == (0, 2)
    assert (unplaced["start_index"], unplaced["end_index"]) == (0, 0)
    assert kinds(events).count("output_text.annotation.added") == 2


def test_log_probabilities_are_told_with_the_text() -> None:
    tokens = (TokenLogprob("hi", -0.5),)
    events: list[Event] = [START, Open(0, Text("hi")), Logprobs(tokens), Close(0), END]
    again, error = told(written(events))
    assert error is None
    assert [token.token for token in fold(again)["tokens"]] == ["hi"]
    assert output(events)[0]["content"][0]["logprobs"][0]["logprob"] == -0.5


@pytest.mark.parametrize(
    ("reason", "status", "why", "item"),
    [
        (FinishReason.STOP, "completed", None, "completed"),
        (FinishReason.TOOL_CALLS, "completed", None, "completed"),
        (FinishReason.PAUSED, "completed", None, "completed"),
        (FinishReason.LENGTH, "incomplete", "max_output_tokens", "incomplete"),
        (FinishReason.FILTERED, "incomplete", "content_filter", "incomplete"),
        (FinishReason.REFUSED, "incomplete", "content_filter", "incomplete"),
    ],
)
def test_the_end_tells_why(reason: FinishReason, status: str, why: Any, item: str) -> None:
    events = [*said(Text("hi"))[:-1], Finish(reason, "x")]
    last = shown(written(events))[-1]
    assert last["type"] == f"response.{status}"
    details = last["response"]["incomplete_details"]
    assert (details["reason"] if details else None) == why
    assert last["response"]["output"][0]["status"] == item


def test_a_refusal_in_words_is_an_answer() -> None:
    events = [*said(Refusal("no"))[:-1], Finish(FinishReason.REFUSED, "x")]
    assert shown(written(events))[-1]["type"] == "response.completed"


def test_usage_is_told_at_the_end_even_if_it_comes_after_it() -> None:
    usage = Usage(3, 2, 1, 1)
    early: list[Event] = [START, usage, END]
    for events in ([*said(Text("a")), usage], early):
        first, *_, last = shown(written(events))
        assert first["response"]["usage"] is None
        assert last["response"]["usage"] == {
            "input_tokens": 3,
            "input_tokens_details": {"cached_tokens": 1},
            "output_tokens": 2,
            "output_tokens_details": {"reasoning_tokens": 1},
            "total_tokens": 5,
        }


def test_only_one_candidate_is_told() -> None:
    events: list[Event] = [START, Open(0, Text("a")), Open(1, Text("b"), 1), Delta(1, "c")]
    events += [Close(0), Close(1), Finish(FinishReason.STOP, choice=1), END]
    (message,) = output(events)
    assert message["content"][0]["text"] == "a"


def test_a_ping_is_a_comment_between_events() -> None:
    renderer = CODEC.event_renderer(ASKED)
    assert renderer.feed([Ping()]) == b": ping\n\n"
    renderer.feed(said(Text("a"))[:2])
    assert renderer.feed([Ping()]) == b": ping\n\n"
    assert CODEC.render_response([START, Ping(), END], ASKED).body["output"] == []


@pytest.mark.parametrize(
    ("kind", "code"),
    [
        (ErrorKind.UPSTREAM_BROKEN, "server_error"),
        (ErrorKind.RATE_LIMITED, "rate_limit_exceeded"),
        (ErrorKind.POOL_COOLING, "rate_limit_exceeded"),
        (ErrorKind.QUOTA_EXHAUSTED, "insufficient_quota"),
        (ErrorKind.UPSTREAM_REJECTED, "invalid_prompt"),
    ],
)
def test_a_failure_ends_the_stream_in_band(kind: ErrorKind, code: str) -> None:
    renderer = CODEC.event_renderer(ASKED)
    begun = renderer.feed(said(Text("a"))[:2])
    error, failed = shown(renderer.fail(GatewayError(kind, "sorry")))
    assert error["type"] == "error"
    assert error["error"]["code"] == kind.value
    assert error["sequence_number"] == len(shown(begun))
    assert failed["response"]["status"] == "failed"
    assert failed["response"]["error"] == {"code": code, "message": "sorry"}
    assert renderer.flush() == b""


def test_codex_is_told_how_long_to_wait() -> None:
    error = GatewayError(ErrorKind.POOL_COOLING, "All are busy.", retry_after=2.6)
    failed = shown(CODEC.event_renderer(ASKED).fail(error))[-1]
    assert failed["response"]["error"]["message"] == "All are busy. Please try again in 3s."


def test_a_failed_stream_can_be_read_again() -> None:
    renderer = CODEC.event_renderer(ASKED)
    wire = renderer.feed([START]) + renderer.fail(GatewayError(ErrorKind.RATE_LIMITED, "slow"))
    _, error = told(wire)
    assert error is not None
    assert error.kind is ErrorKind.RATE_LIMITED


def test_an_answer_without_a_start_or_an_end_is_complete_all_the_same() -> None:
    wire = shown(written([Open(0, Text("a"))]))
    assert wire[0]["type"] == "response.created"
    assert wire[-1]["response"]["output"][0]["content"][0]["text"] == "a"


def gemini(value: str) -> Signature:
    return Signature(Dialect.GEMINI, value)


@pytest.mark.parametrize(
    "events",
    [
        [START, Open(0, ToolCall("c", "f", "{}", signature=gemini("QQ=="))), Close(0), END],
        [START, Open(0, ToolCall("c", "f", "{}")), Close(0, gemini("QQ==")), END],
        [START, Open(0, Text("a")), Close(0, gemini("QQ==")), END],
        [START, Open(0, Text("", gemini("QQ=="))), Close(0), END],
        [START, Open(0, Text("a")), Close(0), Open(1, Text("")), Close(1, gemini("QQ==")), END],
        [START, Open(0, Thinking("a")), Close(0, Signature(Dialect.ANTHROPIC, "QQ==")), END],
        [START, Open(0, Media("image/png", "aGk=", signature=gemini("QQ=="))), Close(0), END],
        [
            START,
            Open(0, Text("a")),
            Close(0, gemini("QQ==")),
            Open(1, ToolCall("c", "f", "{}", signature=gemini("Qg=="))),
            Close(1),
            Open(2, ToolCall("d", "f", "{}")),
            Close(2),
            END,
        ],
    ],
    ids=["call", "late-call", "text", "empty", "text-empty", "thought", "picture", "several"],
)
def test_every_proof_comes_back_with_what_it_proves(events: list[Event]) -> None:
    items = output(events)
    request = CODEC.parse_request({"model": "m", "input": items})
    parts = [part for turn in request.turns for part in turn.parts]
    assert [(type(part), part.signature) for part in parts if hasattr(part, "signature")] == [
        (type(part), part.signature) for part in fold(events)["parts"]
    ]


def test_an_upstreams_own_proof_is_told_with_its_id() -> None:
    kept = Opaque(Dialect.OPENAI_RESPONSES, {}, {"item": {"id": "rs_9"}})
    proof = Signature(Dialect.OPENAI_RESPONSES, "gAAA")
    (item,) = output([START, Open(0, Thinking("", opaque=kept)), Close(0, proof), END])
    assert item == {"id": "rs_9", "type": "reasoning", "summary": [], "encrypted_content": "gAAA"}
