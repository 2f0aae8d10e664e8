"""Sources of a grounded answer: Google counts bytes, everybody else characters."""

from __future__ import annotations

from typing import Any

import pytest

from proxy.dialects.anthropic import CODEC as ANTHROPIC
from proxy.dialects.gemini import CODEC as GEMINI
from proxy.dialects.openai_chat import CODEC as CHAT
from proxy.dialects.openai_responses import CODEC as RESPONSES
from proxy.ir import Batch, Cite, Request
from tests.proxy.dialects.gemini.fold import said, sse, streamed

QUESTION = Request(model="m", turns=())
WORDS = ("Grüße 🙂\u2028aus ", "Köln. ", "百家饭。")
TEXT = "".join(WORDS)
CLAIM = "Köln. 百"
FENCE = "\n```python\nprint(1)\n```\n"


def grounding() -> dict[str, Any]:
    at = len(TEXT[: TEXT.index(CLAIM)].encode())
    segment = {"startIndex": at, "endIndex": at + len(CLAIM.encode()), "text": CLAIM}
    return {
        "groundingChunks": [{"web": {"uri": "https://a", "title": "köln.de"}}],
        "groundingSupports": [{"segment": segment, "groundingChunkIndices": [0]}],
    }


def whole(*before: Any) -> Batch:
    parts = [{"text": word} for word in WORDS]
    return GEMINI.parse_response(
        said(*before, *parts, finishReason="STOP", groundingMetadata=grounding())
    )


def pieces(*before: Any) -> Batch:
    """A character at a time; the sources come with the last, as recorded."""
    chunks = [said({"text": one}) for one in TEXT]
    last = said({"text": ""}, finishReason="STOP", groundingMetadata=grounding())
    return streamed(sse(*(said(part) for part in before), *chunks, last))


def thought() -> dict[str, Any]:
    return {"text": "Überlegung", "thought": True}


def code() -> dict[str, Any]:
    return {"executableCode": {"language": "PYTHON", "code": "print(1)"}}


@pytest.mark.parametrize("events", [whole, pieces])
@pytest.mark.parametrize("before", [(), (thought(),), (code(),)], ids=["", "thought", "code"])
def test_chat_notes_the_words_that_are_cited(events: Any, before: Any) -> None:
    message = CHAT.render_response(events(*before), QUESTION).body["choices"][0]["message"]
    (note,) = message["annotations"]
    place = note["url_citation"]
    assert message["content"][place["start_index"] : place["end_index"]] == CLAIM
    assert (place["url"], place["title"]) == ("https://a", "köln.de")


@pytest.mark.parametrize("events", [whole, pieces])
@pytest.mark.parametrize("before", [(), (thought(),), (code(),)], ids=["", "thought", "code"])
def test_responses_notes_the_words_that_are_cited(events: Any, before: Any) -> None:
    *_, message = RESPONSES.render_response(events(*before), QUESTION).body["output"]
    (part,) = message["content"]
    (note,) = part["annotations"]
    assert part["text"][note["start_index"] : note["end_index"]] == CLAIM


@pytest.mark.parametrize("codec", [CHAT, RESPONSES], ids=["chat", "responses"])
def test_a_stream_notes_the_same_place(codec: Any) -> None:
    renderer, parser = codec.event_renderer(QUESTION), codec.event_parser()
    wire = b"".join(renderer.feed([event]) for event in pieces()) + renderer.flush()
    events = parser.feed(wire) + parser.flush()
    (cite,) = [event for event in events if isinstance(event, Cite)]
    (source,) = cite.citations
    assert TEXT[source.start : source.end] == CLAIM
    assert "citations" not in [loss.field for loss in renderer.losses]


def test_a_citation_of_anthropics_has_the_place_of_its_block() -> None:
    cited = {"type": "web_search_result_location", "url": "https://a", "title": "t"}
    blocks = [{"type": "text", "text": WORDS[0]}, {"type": "text", "text": CLAIM}]
    body = {"content": [blocks[0], {**blocks[1], "citations": [cited]}], "stop_reason": "end_turn"}
    events = ANTHROPIC.parse_response(body)
    message = CHAT.render_response(events, QUESTION).body["choices"][0]["message"]
    place = message["annotations"][0]["url_citation"]
    assert message["content"][place["start_index"] : place["end_index"]] == CLAIM
