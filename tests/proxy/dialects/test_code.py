"""Code that Gemini ran, shown to every dialect's clients, and what comes back in the next turn."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest

from proxy.dialects.anthropic import CODEC as ANTHROPIC
from proxy.dialects.base import Codec, Loss
from proxy.dialects.gemini import CODEC as GEMINI
from proxy.dialects.openai_chat import CODEC as CHAT
from proxy.dialects.openai_responses import CODEC as RESPONSES
from proxy.ir import Batch, Code, CodeResult, Event, Open, Request
from tests.proxy.dialects.gemini.fold import said, sse, streamed

QUESTION = Request(model="gemini-3-pro", turns=())
CODE = {"executableCode": {"language": "PYTHON", "code": "print(1)", "id": "89nz05jy"}}
RAN = {"codeExecutionResult": {"outcome": "OUTCOME_OK", "output": "1\n", "id": "89nz05jy"}}
PARTS = [{**CODE, "thoughtSignature": "QUJD"}, RAN, {"text": "It is 1."}]
FENCES = "\n```python\nprint(1)\n```\n\n```output\n1\n```\n"


def whole() -> Batch:
    return GEMINI.parse_response(said(*PARTS, finishReason="STOP"))


def pieces() -> Batch:
    """As Gemini 3 streams it: the code with an empty text, then its result, then words."""
    first = said(PARTS[0], {"text": ""})
    return streamed(sse(first, said(RAN), said(PARTS[2], finishReason="STOP")))


def heard(codec: Codec, events: Iterable[Event]) -> tuple[Batch, list[Loss]]:
    """What a client that reads the stream of `codec` gets."""
    renderer, parser = codec.event_renderer(QUESTION), codec.event_parser()
    wire = b"".join(renderer.feed([event]) for event in events) + renderer.flush()
    return parser.feed(wire) + parser.flush(), renderer.losses


@pytest.mark.parametrize("events", [whole, pieces])
def test_chat_shows_it_as_fenced_text(events: Any) -> None:
    rendered = CHAT.render_response(events(), QUESTION)
    assert rendered.body["choices"][0]["message"]["content"] == f"{FENCES}It is 1."
    assert rendered.losses == [Loss("signature")]


@pytest.mark.parametrize("events", [whole, pieces])
def test_anthropic_shows_it_as_fenced_text(events: Any) -> None:
    rendered = ANTHROPIC.render_response(events(), QUESTION)
    shown = [block["text"] for block in rendered.body["content"]]
    assert "".join(shown) == f"{FENCES}It is 1."
    assert rendered.losses == [Loss("signature")]


@pytest.mark.parametrize("codec", [CHAT, ANTHROPIC], ids=["chat", "anthropic"])
def test_a_stream_shows_the_same_fences(codec: Codec) -> None:
    events, losses = heard(codec, pieces())
    told = GEMINI.render_response(events, QUESTION).body["candidates"][0]["content"]["parts"]
    assert "".join(part["text"] for part in told) == f"{FENCES}It is 1."
    assert losses == [Loss("signature")]


@pytest.mark.parametrize("events", [whole, pieces])
def test_responses_has_an_item_for_it(events: Any) -> None:
    rendered = RESPONSES.render_response(events(), QUESTION)
    item = rendered.body["output"][0]
    assert item["type"] == "code_interpreter_call"
    assert (item["status"], item["code"]) == ("completed", "print(1)")
    assert item["outputs"] == [{"type": "logs", "logs": "1\n"}]
    assert rendered.losses == []


def test_a_responses_stream_says_the_same() -> None:
    events, losses = heard(RESPONSES, pieces())
    parts = [event.part for event in events if isinstance(event, Open)]
    assert [type(part) for part in parts[:2]] == [Code, CodeResult]
    assert parts[1] == CodeResult("1\n", id=getattr(parts[0], "id", ""))
    assert losses == []


def test_a_responses_client_brings_code_result_and_signature_back() -> None:
    output = RESPONSES.render_response(pieces(), QUESTION).body["output"]
    asked = {"model": "gemini-3-pro", "input": [*output, {"role": "user", "content": "more"}]}
    rendered = GEMINI.render_request(RESPONSES.parse_request(asked))
    code, ran, text = rendered.body["contents"][0]["parts"]
    assert code["thoughtSignature"] == "QUJD"
    assert code["executableCode"]["code"] == "print(1)"
    assert code["executableCode"]["id"] == ran["codeExecutionResult"]["id"]
    assert ran["codeExecutionResult"]["output"] == "1\n"
    assert text == {"text": "It is 1."}
    assert rendered.losses == []


@pytest.mark.parametrize("codec", [CHAT, ANTHROPIC], ids=["chat", "anthropic"])
def test_other_clients_bring_it_back_as_text(codec: Codec) -> None:
    body = codec.render_response(pieces(), QUESTION).body
    spoken = body["content"] if codec is ANTHROPIC else body["choices"][0]["message"]["content"]
    turns = [{"role": "assistant", "content": spoken}, {"role": "user", "content": "more"}]
    asked = codec.parse_request({"model": "gemini-3-pro", "max_tokens": 9, "messages": turns})
    rendered = GEMINI.render_request(asked)
    parts = rendered.body["contents"][0]["parts"]
    assert "".join(part["text"] for part in parts) == f"{FENCES}It is 1."
    assert rendered.losses == []


def test_code_of_openais_sandbox_is_executable_code_for_gemini() -> None:
    item = {
        "type": "code_interpreter_call",
        "id": "ci_1",
        "status": "completed",
        "container_id": "cntr_1",
        "code": "print(1)",
        "outputs": [{"type": "logs", "logs": "1\n"}],
    }
    events = RESPONSES.parse_response({"id": "r", "output": [item], "status": "completed"})
    rendered = GEMINI.render_response(events, QUESTION)
    assert rendered.body["candidates"][0]["content"]["parts"] == [
        {"executableCode": {"language": "PYTHON", "code": "print(1)", "id": "ci_1"}},
        {"codeExecutionResult": {"outcome": "OUTCOME_OK", "output": "1\n", "id": "ci_1"}},
    ]
    assert rendered.losses == []


@pytest.mark.parametrize(("model", "named"), [("gemini-3-pro", True), ("gemini-2.5-pro", False)])
def test_only_gemini_3_is_told_the_id(model: str, named: bool) -> None:
    output = RESPONSES.render_response(whole(), QUESTION).body["output"]
    request = RESPONSES.parse_request({"model": model, "input": output})
    code, ran = GEMINI.render_request(request).body["contents"][0]["parts"][:2]
    assert ("id" in code["executableCode"]) is named
    assert ("id" in ran["codeExecutionResult"]) is named
