"""What the events of a stream mean."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from proxy.dialects.anthropic import CODEC
from proxy.errors import GatewayError
from proxy.ir import (
    Batch,
    Citation,
    Cite,
    Dialect,
    Extra,
    Finish,
    FinishReason,
    Foreign,
    Opaque,
    Request,
    Signature,
    Start,
    Text,
    Thinking,
    ToolCall,
)
from tests.proxy.dialects.anthropic import bodies
from tests.proxy.dialects.anthropic.fold import Folded, block, end, sse, start, streamed, text
from tests.proxy.dialects.anthropic.test_request import SLOW

THINKING = {"type": "thinking", "thinking": "", "signature": ""}
CALL = {"type": "tool_use", "id": "toolu_1", "name": "f", "input": {}}


def json_delta(piece: str) -> dict[str, Any]:
    return {"type": "input_json_delta", "partial_json": piece}


def folded(*events: Any, finish: Any = None) -> Folded:
    return Folded(streamed(sse(start(), *events, *(finish or end()))))


def test_a_signature_closes_its_thought() -> None:
    signature = {"type": "signature_delta", "signature": "EqoB"}
    told = {"type": "thinking_delta", "thinking": "hm"}
    proof = Signature(Dialect.ANTHROPIC, "EqoB")
    assert folded(*block(0, THINKING, told, signature)).parts == [Thinking("hm", proof)]
    assert folded(*block(0, THINKING, signature)).parts == [Thinking("", proof)]


@pytest.mark.parametrize(
    ("pieces", "expected"),
    [
        ([""], ""),
        ([], ""),
        (["", "{}"], ""),
        (["", '{"a"', ": 1}"], '{"a": 1}'),
        (['{"a": "cut'], '{"a": "cut'),
    ],
)
def test_arguments_are_joined(pieces: list[str], expected: str) -> None:
    found = folded(*block(0, CALL, *map(json_delta, pieces)), finish=end("tool_use"))
    assert found.parts == [ToolCall("toolu_1", "f", expected)]
    assert found.finish == Finish(FinishReason.TOOL_CALLS, "tool_use")


def test_arguments_may_come_with_the_start() -> None:
    assert folded(*block(0, {**CALL, "input": {"a": 1}})).parts == [
        ToolCall("toolu_1", "f", '{"a": 1}')
    ]


def test_an_unusual_caller_is_kept() -> None:
    caller = {"type": "code_execution_20250825", "tool_id": "srvtoolu_1"}
    part = folded(*block(0, {**CALL, "caller": caller})).parts[0]
    assert isinstance(part, ToolCall)
    assert part.opaque == Opaque(Dialect.ANTHROPIC, {"caller": caller})


@pytest.mark.parametrize(
    "begun",
    [
        {"type": "redacted_thinking", "data": "x"},
        {"type": "web_search_tool_result", "tool_use_id": "s", "content": []},
        {"type": "something_new"},
        {"type": "tool_use"},
    ],
)
def test_a_block_without_deltas_comes_whole(begun: dict[str, Any]) -> None:
    assert folded(*block(0, begun)).parts == [Foreign(Opaque(Dialect.ANTHROPIC, begun))]


def test_the_input_of_a_server_tool_is_joined() -> None:
    begun = {"type": "server_tool_use", "id": "s", "name": "web_search", "input": {}}
    part = folded(*block(0, begun, json_delta('{"query"'), json_delta(':"x"}'))).parts[0]
    assert isinstance(part, Foreign)
    assert part.opaque.data == {**begun, "input": {"query": "x"}}


def test_a_compaction_is_one_delta() -> None:
    delta = {"type": "compaction_delta", "content": "so far"}
    part = folded(*block(0, {"type": "compaction", "content": None}, delta)).parts[0]
    assert isinstance(part, Foreign)
    assert part.opaque.data == {"type": "compaction", "content": "so far"}


def cites(*citations: dict[str, Any]) -> list[dict[str, Any]]:
    deltas = [{"type": "citations_delta", "citation": each} for each in citations]
    said = {"type": "text_delta", "text": "néw"}
    return block(1, {"type": "text", "text": "", "citations": []}, *deltas, said)


def test_citations_point_to_their_block() -> None:
    web = {"type": "web_search_result_location", "url": "https://x", "title": "X"}
    page = {"type": "page_location", "document_index": 0}
    found = folded(*text(0, "old "), *cites(web, page), *text(2, "!"))
    others = Opaque(Dialect.ANTHROPIC, {"citations": [page]})
    assert found.cites == [Cite((Citation("https://x", "X", 4, 7),), opaque=others)]
    assert found.marks[1] == Opaque(Dialect.ANTHROPIC, shape={"citations": [web, page]})


def test_the_last_usage_counts() -> None:
    usage = {"input_tokens": 10, "cache_read_input_tokens": 5, "cache_creation_input_tokens": 2}
    details = {"output_tokens": 9, "output_tokens_details": {"thinking_tokens": 4}}
    delta = {**end()[0], "usage": {**usage, **details}}
    found = folded(finish=[delta, {"type": "message_stop"}])
    assert found.usage == (17, 9, 5, 4)


def test_what_the_end_leaves_out_the_start_has_said() -> None:
    assert folded().usage == (3, 7, None, None)


def test_a_refusal_is_explained() -> None:
    details = {"type": "refusal", "category": "cyber", "explanation": "No."}
    finish = folded(finish=end("refusal", stop_details=details)).finish
    assert finish is not None
    assert (finish.reason, finish.message) == (FinishReason.REFUSED, "No.")


def test_a_matched_stop_sequence_is_kept() -> None:
    finish = folded(finish=end("stop_sequence", stop_sequence="END")).finish
    assert finish is not None
    assert finish.opaque == Opaque(Dialect.ANTHROPIC, {"stop_sequence": "END"})


def test_what_belongs_to_the_whole_answer_is_told_at_its_end() -> None:
    edits = {"applied_edits": [{"type": "clear_thinking_20251015"}]}
    delta = {**end(container={"id": "c"})[0], "context_management": edits}
    events = streamed(sse(start(), delta, {"type": "message_stop"}))
    told = {"container": {"id": "c"}, "context_management": edits}
    assert events[-2] == Extra(Opaque(Dialect.ANTHROPIC, told))
    assert isinstance(events[-1], Finish)


def test_a_block_that_never_stops_is_closed() -> None:
    wire = sse(start(), *text(0, "a")[:-1], *text(0, "b")[:-1], *end())
    assert Folded(streamed(wire)).parts == [Text("a"), Text("b")]


def test_an_answer_may_begin_without_its_head() -> None:
    events = streamed(sse(*text(0, "a"), *end()))
    assert events[0] == Start("", "", opaque=Opaque(Dialect.ANTHROPIC))


@pytest.mark.parametrize("body", [{}, {"content": "x"}, {"type": "message"}, {"error": "x"}])
def test_what_is_no_answer_is_refused(body: Any) -> None:
    with pytest.raises(GatewayError):
        CODEC.parse_response(body)


@SLOW
@given(bodies.damaged(bodies.answers()))
def test_a_damaged_answer_is_read_or_refused(body: Any) -> None:
    if not isinstance(body, dict):
        return
    try:
        events = CODEC.parse_response(body)
    except GatewayError:
        return
    assert Folded(events).finish is not None


@SLOW
@given(st.data(), bodies.answers())
def test_a_stream_and_a_whole_answer_say_the_same(data: st.DataObject, body: Any) -> None:
    events = CODEC.parse_response(body)
    renderer = CODEC.event_renderer(Request(model="m", turns=()))
    wire = renderer.feed(events) + renderer.flush()
    cuts = sorted(data.draw(st.sets(st.integers(0, len(wire)), max_size=5)))
    assert plain(streamed(wire, cuts)) == plain(events)


def plain(events: Batch) -> Folded:
    """Without the upstream's own word for the end, which may have contradicted the content."""
    folded = Folded(events)
    assert folded.finish is not None
    folded.finish = replace(folded.finish, raw="")
    return folded


@pytest.mark.parametrize("kind", [None, ["text"], {"a": "text"}], ids=str)
def test_a_block_of_no_known_type_comes_back(kind: Any) -> None:
    block = {"type": kind, "input": {}}
    events = CODEC.parse_response({"content": [block], "stop_reason": "end_turn"})
    assert CODEC.render_response(events, Request(model="m", turns=())).body["content"] == [block]
