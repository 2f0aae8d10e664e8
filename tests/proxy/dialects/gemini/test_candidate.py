from __future__ import annotations

from typing import Any

import pytest

from proxy.dialects.gemini import CODEC
from proxy.ir import (
    Code,
    CodeResult,
    Dialect,
    FinishReason,
    Foreign,
    Media,
    Part,
    Signature,
    Text,
    Thinking,
    ToolCall,
)
from tests.proxy.dialects.gemini.fold import Folded, said, sse, streamed

SIGNED = Signature(Dialect.GEMINI, "QUJD")


def folded(*parts: Any, **more: Any) -> Folded:
    """Every part in a chunk of its own."""
    chunks = [said(part) for part in parts]
    return Folded(streamed(sse(*chunks, said(finishReason="STOP", **more))))


def kinds(found: Folded) -> list[Part]:
    return found.parts.get(0, [])


def test_texts_of_one_kind_are_one_part() -> None:
    found = kinds(folded({"text": "a", "thought": True}, {"text": "b"}, {"text": "c"}))
    assert found == [Thinking("a"), Text("bc")]


def test_a_signed_text_is_not_merged() -> None:
    found = kinds(folded({"text": "a"}, {"text": "b", "thoughtSignature": "QUJD"}, {"text": "c"}))
    assert found == [Text("a"), Text("b", signature=SIGNED), Text("c")]


def test_a_last_signature_closes_the_open_text() -> None:
    found = kinds(folded({"text": "a"}, {"text": "", "thoughtSignature": "QUJD"}))
    assert found == [Text("a", signature=SIGNED)]


def test_a_last_signature_after_thoughts_is_an_empty_text() -> None:
    found = kinds(folded({"text": "a", "thought": True}, {"text": "", "thoughtSignature": "QUJD"}))
    assert found == [Thinking("a"), Text("", signature=SIGNED)]


def test_a_url_safe_signature_is_read_in_the_standard_alphabet() -> None:
    found = kinds(folded({"text": "a", "thoughtSignature": "-_8="}))
    assert found == [Text("a", signature=Signature(Dialect.GEMINI, "+/8="))]


def test_parts_that_are_whole_come_whole() -> None:
    found = kinds(
        folded(
            {"inlineData": {"mimeType": "image/png", "data": "AAAA"}},
            {"executableCode": {"language": 1, "code": "1"}},
            {"codeExecutionResult": {"outcome": "OUTCOME_FAILED"}},
            {"toolCall": {"toolType": "X"}},
            {"functionCall": "odd"},
        )
    )
    image, code, result, call, odd = found
    assert isinstance(image, Media)
    assert isinstance(code, Code)
    assert code.language == "python"
    assert isinstance(result, CodeResult)
    assert result.is_error
    assert isinstance(call, Foreign)
    assert isinstance(odd, Foreign)


def test_calls_end_a_turn_with_stop() -> None:
    found = folded({"functionCall": {"name": "f", "args": {"a": 1}}, "thoughtSignature": "QUJD"})
    (call,) = kinds(found)
    assert isinstance(call, ToolCall)
    assert (call.name, call.arguments, call.signature) == ("f", '{"a":1}', SIGNED)
    finish = found.finishes[0]
    assert (finish.reason, finish.raw) == (FinishReason.TOOL_CALLS, "STOP")


def test_ids_are_minted_the_same_each_time_and_differ() -> None:
    call = {"functionCall": {"name": "f", "args": {}}}
    first, again = (kinds(folded(call, call)) for _ in range(2))
    ids = [part.id for part in first if isinstance(part, ToolCall)]
    assert first == again
    assert len(set(ids)) == 2
    assert all(one.startswith("call_") and len(one) == 13 for one in ids)


def test_a_given_id_is_kept() -> None:
    (call,) = kinds(folded({"functionCall": {"name": "f", "args": {}, "id": "89nz05jy"}}))
    assert isinstance(call, ToolCall)
    assert call.id == "89nz05jy"


def piece(**call: Any) -> dict[str, Any]:
    return {"functionCall": call}


@pytest.mark.parametrize("last", [piece(), {"text": ""}, None], ids=["end", "text", "finish"])
def test_arguments_in_pieces_are_put_together(last: Any) -> None:
    path = "$.steps[0].text"
    more = {"jsonPath": path, "stringValue": "Bos", "willContinue": True}
    pieces = [
        piece(name="f", willContinue=True) | {"thoughtSignature": "QUJD"},
        piece(partialArgs=[more], willContinue=True),
        piece(willContinue=True),
        piece(partialArgs=[{"jsonPath": path, "stringValue": "ton"}], willContinue=True),
    ]
    (call,) = kinds(folded(*pieces, *([last] if last else [])))
    assert isinstance(call, ToolCall)
    assert call.arguments == '{"steps":[{"text":"Boston"}]}'
    assert call.signature == SIGNED


def test_a_new_name_ends_the_call_before() -> None:
    found = kinds(folded(piece(name="f", willContinue=True), piece(name="g"), {"text": "x"}))
    assert [part.name for part in found if isinstance(part, ToolCall)] == ["f", "g"]


def test_what_candidates_say_besides_is_kept() -> None:
    cited = {"citationSources": [{"endIndex": 3}]}
    chunks = [
        said({"text": "a"}, citationMetadata=cited),
        said({"text": "b"}, citationMetadata=cited),
    ]
    wire = sse(*chunks, said(finishReason="SAFETY", finishMessage="why", avgLogprobs=-1.5))
    finish = Folded(streamed(wire)).finishes[0]
    assert finish.reason is FinishReason.FILTERED
    assert finish.message == "why"
    assert finish.opaque is not None
    assert finish.opaque.data == {
        "citationMetadata": {"citationSources": [{"endIndex": 3}, {"endIndex": 3}]},
        "avgLogprobs": -1.5,
    }


def test_nothing_counts_after_the_finish() -> None:
    wire = sse(said({"text": "a"}, finishReason=1), said({"text": "b"}, finishReason=1))
    assert kinds(Folded(streamed(wire))) == [Text("a")]


def test_the_parser_and_a_whole_answer_agree_on_parts() -> None:
    body = said({"text": "a"}, {"text": "", "thoughtSignature": "QUJD"}, finishReason="STOP")
    assert Folded(CODEC.parse_response(body)) == Folded(streamed(sse(body)))
