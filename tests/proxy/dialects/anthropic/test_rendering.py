"""Events, written as Anthropic streams them."""

from __future__ import annotations

import json
from typing import Any

import pytest

from proxy.dialects.anthropic import CODEC
from proxy.dialects.base import Loss
from proxy.errors import ErrorKind, GatewayError
from proxy.ir import (
    Batch,
    Citation,
    Cite,
    Close,
    Code,
    CodeResult,
    Delta,
    Dialect,
    Extra,
    Finish,
    FinishReason,
    Foreign,
    Logprobs,
    Media,
    Opaque,
    Open,
    Ping,
    Refusal,
    Request,
    Signature,
    Start,
    Text,
    Thinking,
    TokenLogprob,
    ToolCall,
    Usage,
)

GEMINI = Dialect.GEMINI
PROOF = Signature(GEMINI, "QUJD")
START = Start("abc", "gemini-3", 5)
END: Batch = [Usage(10, 7, 4, 2), Finish(FinishReason.STOP, "STOP")]
SEAL = "potluck.v1.{}.gemini.QUJD"


def wire(*batches: Batch) -> tuple[list[Any], list[Loss]]:
    """The events of a stream, and the losses."""
    renderer = CODEC.event_renderer(Request(model="m", turns=()))
    out = b"".join(renderer.feed(batch) for batch in batches) + renderer.flush()
    found = []
    for event in out.decode().removesuffix("\n\n").split("\n\n"):
        head, body = event.split("\n")
        found.append(json.loads(body.removeprefix("data: ")))
        assert head == f"event: {found[-1]['type']}"
    return found, renderer.losses


def spoken(*events: Any) -> list[Any]:
    """What stands between the head and the end."""
    return wire([START, *events, *END])[0][1:-2]


def content(*events: Any) -> list[Any]:
    """The same events as a whole answer's content."""
    body = CODEC.render_response([START, *events, *END], Request(model="m", turns=())).body
    return list(body["content"])


def test_a_stream_looks_like_anthropics() -> None:
    events, losses = wire([START, Open(0, Text("")), Delta(0, "hé")], [Close(0), *END])
    assert events == [
        {
            "type": "message_start",
            "message": {
                "model": "gemini-3",
                "id": "msg_abc",
                "type": "message",
                "role": "assistant",
                "content": [],
                "stop_reason": None,
                "stop_sequence": None,
                "usage": {"input_tokens": 0, "output_tokens": 0},
            },
        },
        {"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}},
        {"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": "hé"}},
        {"type": "content_block_stop", "index": 0},
        {
            "type": "message_delta",
            "delta": {"stop_reason": "end_turn", "stop_sequence": None},
            "usage": {
                "input_tokens": 6,
                "cache_creation_input_tokens": 0,
                "cache_read_input_tokens": 4,
                "output_tokens": 7,
                "output_tokens_details": {"thinking_tokens": 2},
            },
        },
        {"type": "message_stop"},
    ]
    assert losses == []


def test_a_later_delta_looks_like_the_first() -> None:
    renderer = CODEC.event_renderer(Request(model="m", turns=()))
    renderer.feed([START, Open(0, Text(""))])
    first, second = (renderer.feed([Delta(0, "a\u2028\n")]) for _ in range(2))
    assert first.endswith(second)
    assert renderer.feed([Delta(0, "")]) == b""


def test_an_answer_without_events_is_still_an_answer() -> None:
    assert [event["type"] for event in wire([])[0]] == [
        "message_start",
        "message_delta",
        "message_stop",
    ]


def test_the_head_has_a_usage_that_came_with_it() -> None:
    events, _ = wire([START, Usage(3, 1)], END)
    assert events[0]["message"]["usage"]["input_tokens"] == 3


def test_a_ping_is_a_ping() -> None:
    renderer = CODEC.event_renderer(Request(model="m", turns=()))
    assert renderer.feed([Ping()]) == b'event: ping\ndata: {"type": "ping"}\n\n'


def test_a_failure_is_an_error_event() -> None:
    renderer = CODEC.event_renderer(Request(model="m", turns=()))
    out = renderer.fail(GatewayError(ErrorKind.UPSTREAM_BROKEN, "Gone."))
    assert out.startswith(b'event: error\ndata: {"type":"error","error":{"type":"api_error"')


def test_a_call_begins_with_an_empty_delta() -> None:
    call = ToolCall("toolu_1", "f")
    said = spoken(Open(0, call), Delta(0, '{"a":'), Delta(0, "1}"), Close(0))
    block = {"type": "tool_use", "id": "toolu_1", "name": "f", "input": {}}
    assert said[0] == {"type": "content_block_start", "index": 0, "content_block": block}
    assert [event["delta"]["partial_json"] for event in said[1:-1]] == ["", '{"a":', "1}"]


def test_a_call_ends_the_turn_with_tool_use() -> None:
    events, _ = wire([START, Open(0, ToolCall("", "f")), Close(0), *END])
    assert events[-2]["delta"]["stop_reason"] == "tool_use"
    assert events[1]["content_block"]["id"].startswith("toolu_")


def test_interleaved_parts_are_written_one_after_the_other() -> None:
    one, two = ToolCall("c1", "f"), ToolCall("c2", "g")
    said = spoken(
        Open(0, one),
        Open(1, two),
        Delta(1, "{}"),
        Delta(0, '{"a":'),
        Open(2, Text("x")),
        Close(2),
        Delta(0, "1}"),
        Close(0),
        Close(1),
    )
    order = [(event["type"].rpartition("_")[2], event["index"]) for event in said]
    assert [at for _, at in order] == sorted(at for _, at in order)
    assert [kind for kind, _ in order].count("stop") == 3


def test_a_waiting_call_keeps_its_signature_before_it() -> None:
    said = spoken(
        Open(0, ToolCall("c1", "f")), Open(1, ToolCall("c2", "g")), Close(1, PROOF), Close(0)
    )
    starts = [event["content_block"] for event in said if event["type"].endswith("start")]
    assert [block["type"] for block in starts] == ["tool_use", "thinking", "tool_use"]


def test_parts_that_never_close_are_closed() -> None:
    said = spoken(Open(0, Text("a")), Open(1, Text("b")))
    assert [event["index"] for event in said if event["type"].endswith("stop")] == [0, 1]


def test_events_of_no_part_are_ignored() -> None:
    assert spoken(Delta(7, "x"), Close(7)) == []


def test_a_thought_of_another_model_is_marked_as_such() -> None:
    said = spoken(Open(0, Thinking("")), Delta(0, "hm"), Close(0))
    assert said[2]["delta"] == {"type": "signature_delta", "signature": "potluck.v1.self.."}


def test_a_thought_of_anthropics_keeps_its_signature() -> None:
    proof = Signature(Dialect.ANTHROPIC, "EqoB")
    assert content(Open(0, Thinking("hm")), Close(0, proof)) == [
        {"type": "thinking", "thinking": "hm", "signature": "EqoB"}
    ]


@pytest.mark.parametrize(
    ("events", "expected"),
    [
        ([Open(0, Text("a")), Close(0, PROOF)], ["thinking next", "text"]),
        ([Open(0, Text("a", PROOF)), Close(0)], ["thinking next", "text"]),
        ([Open(0, Text("")), Close(0, PROOF)], []),
        (
            [Open(0, Text("")), Close(0, PROOF), Open(1, ToolCall("c", "f")), Close(1)],
            ["thinking text", "tool_use"],
        ),
        ([Open(0, ToolCall("c", "f")), Close(0, PROOF)], ["thinking next", "tool_use"]),
        ([Open(0, Thinking("")), Close(0, PROOF)], ["thinking self"]),
        ([Open(0, Thinking("")), Close(0)], []),
        ([Open(0, Text("")), Close(0)], []),
    ],
)
def test_signatures_stand_where_they_can_be_found(events: Batch, expected: list[str]) -> None:
    kinds = [
        " ".join([block["type"], *block.get("signature", "").split(".")[2:3]])
        for block in content(*events)
    ]
    assert kinds == expected


def test_a_late_signature_comes_after_its_text_and_before_the_next_block() -> None:
    call: Batch = [Open(1, ToolCall("c", "f")), Close(1)]
    events, losses = wire([START, Open(0, Text("a"))], [Close(0, PROOF)], [*call, *END])
    assert events[4]["content_block"] == {"type": "thinking", "thinking": "", "signature": ""}
    assert events[5]["delta"]["signature"] == SEAL.format("last")
    assert losses == []


def test_an_answer_does_not_end_with_a_late_signature() -> None:
    """Claude Code prints the last block, and Google does not demand the signature of a text."""
    empty: Batch = [Open(1, Text("")), Close(1, PROOF)]
    events, losses = wire([START, Open(0, Text("a"))], [Close(0, PROOF)], [*empty, *END])
    starts = [event["content_block"]["type"] for event in events if "content_block" in event]
    assert (starts, losses) == (["text"], [Loss("signature")])


def test_code_is_shown_in_a_fence() -> None:
    events = [Open(0, Code("print(1", "python")), Delta(0, ")"), Close(0)]
    result = [Open(1, CodeResult("1\n")), Close(1)]
    assert content(*events, *result) == [
        {"type": "text", "text": "\n```python\nprint(1)\n```\n"},
        {"type": "text", "text": "\n```output\n1\n```\n"},
    ]


def test_a_picture_is_shown_as_an_image_block() -> None:
    source = {"type": "base64", "media_type": "image/png", "data": "aGk="}
    picture = Open(0, Media("image/png", "aGk="))
    assert content(picture, Close(0)) == [{"type": "image", "source": source}]
    assert spoken(picture, Close(0))[0]["content_block"] == {"type": "image", "source": source}


def test_free_text_of_a_call_becomes_its_input() -> None:
    call = ToolCall("c", "f", "a", custom=True)
    assert content(Open(0, call), Delta(0, '"b'), Close(0))[0]["input"] == {"input": 'a"b'}


def test_a_cut_call_is_kept_as_text() -> None:
    call = ToolCall("c", "f", '{"a": "cu')
    rendered = CODEC.render_response([START, Open(0, call), Close(0)], Request(model="", turns=()))
    assert rendered.body["content"][0]["input"] == {"_raw": '{"a": "cu'}
    assert rendered.losses == [Loss("arguments")]


OTHER = Opaque(Dialect.OPENAI_CHAT, {"vendor": 1})


@pytest.mark.parametrize(
    ("events", "lost"),
    [
        ([Open(0, Media("audio/wav", "aGk=")), Close(0)], "audio"),
        ([Open(0, Foreign(Opaque(GEMINI, {"toolCall": {}}))), Close(0)], "toolCall"),
        ([Open(0, Text("a"), choice=1), Delta(0, "b"), Close(0)], "choices"),
        ([Open(0, Code("a", signature=PROOF)), Close(0)], "signature"),
        ([Open(0, Text("a", opaque=OTHER)), Close(0)], "vendor"),
        ([Extra(OTHER)], "vendor"),
        ([Cite((Citation("https://x"),))], "citations"),
        ([Logprobs((TokenLogprob("a", -1.0),))], "logprobs"),
        ([Finish(FinishReason.OTHER, "MALFORMED_FUNCTION_CALL", "Bad call.")], "finish_message"),
    ],
)
def test_what_cannot_be_shown_is_told(events: Batch, lost: str) -> None:
    assert wire([START, *events])[1] == [Loss(lost)]
    rendered = CODEC.render_response([START, *events], Request(model="", turns=()))
    assert rendered.losses == [Loss(lost)]


def test_a_block_is_explained_as_a_refusal() -> None:
    events, losses = wire([START, Finish(FinishReason.FILTERED, "SAFETY", "Unsafe.")])
    assert events[-2]["delta"] == {
        "stop_reason": "refusal",
        "stop_sequence": None,
        "stop_details": {"type": "refusal", "category": None, "explanation": "Unsafe."},
    }
    assert losses == []


def test_a_refusal_in_words_is_text() -> None:
    events = [Open(0, Refusal("No")), Delta(0, "."), Close(0)]
    assert content(*events) == [{"type": "text", "text": "No."}]
