from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given

from proxy.dialects.openai_responses import CODEC
from proxy.errors import ErrorKind, GatewayError
from proxy.ir import Cite, Extra, Finish, FinishReason, Foreign, Start, ToolCall, Usage
from tests.proxy.dialects.openai_responses.answers import USAGE, whole
from tests.proxy.dialects.openai_responses.folding import Folded, fold
from tests.proxy.dialects.openai_responses.streams import ASKED, response, shown, told, written
from tests.proxy.dialects.openai_responses.test_request import SLOW


def message(*parts: dict[str, Any]) -> dict[str, Any]:
    return {"type": "message", "id": "msg_1", "role": "assistant", "content": list(parts)}


def test_a_whole_answer_ends_with_its_tokens_and_its_reason() -> None:
    item = message({"type": "output_text", "text": "hi"})
    events = CODEC.parse_response(response(output=[item], usage=USAGE))
    assert events[0] == Start("resp_1", "m", 5)
    assert events[-2:] == [Usage(3, 2, 1, 0), Finish(FinishReason.STOP, "completed")]


def test_a_call_is_the_reason() -> None:
    call = {"type": "function_call", "call_id": "c", "name": "f", "arguments": '{"cut'}
    details = {"reason": "max_output_tokens"}
    done = CODEC.parse_response(response(output=[call]))
    cut = CODEC.parse_response(response("incomplete", output=[call], incomplete_details=details))
    assert done[-1] == Finish(FinishReason.TOOL_CALLS, "completed")
    assert cut[-1] == Finish(FinishReason.LENGTH, "max_output_tokens")
    assert fold(cut)["parts"][0].arguments == '{"cut'


def test_notes_that_are_no_sources_come_back() -> None:
    note = {"type": "file_citation", "file_id": "file-1", "index": 3}
    item = message({"type": "output_text", "text": "hi", "annotations": [note]})
    events = CODEC.parse_response(response(output=[item]))
    (cite,) = [event for event in events if isinstance(event, Cite)]
    assert cite.citations == ()
    body = CODEC.render_response(events, ASKED).body
    assert body["output"][0]["content"][0]["annotations"] == [note]


@SLOW
@given(whole().filter(lambda body: body["incomplete_details"] != {"reason": "odd"}))
def test_any_answer_comes_back(body: Any) -> None:
    events = CODEC.parse_response(body)
    rendered = CODEC.render_response(events, ASKED)
    wire = written(events)
    assert shown(wire)[-1]["response"] == rendered.body
    assert heard(fold(CODEC.parse_response(rendered.body))) == heard(fold(events))
    assert heard(fold(told(wire)[0])) == heard(fold(events))


def heard(folded: Folded) -> Any:
    """What must survive writing: notes of texts that follow each other may change their order."""
    parts = [(type(part), said(part)) for part in folded["parts"]]
    return parts, folded["finish"], folded["usage"], folded["tokens"]


def said(part: Any) -> Any:
    if isinstance(part, ToolCall):
        return (part.name, part.arguments or "{}")
    if isinstance(part, Foreign):
        return part.opaque.data
    found = (getattr(part, name, None) for name in ("text", "code", "output", "data"))
    return next((value for value in found if value is not None), None)


def test_moderation_comes_back() -> None:
    events = CODEC.parse_response(response(moderation={"input": {}}))
    assert any(isinstance(event, Extra) for event in events)
    assert CODEC.render_response(events, ASKED).body["moderation"] == {"input": {}}


def test_phases_and_ids_come_back() -> None:
    first = message({"type": "output_text", "text": "a"}) | {"phase": "commentary"}
    second = message({"type": "output_text", "text": "b"}) | {"id": "msg_2"}
    events = CODEC.parse_response(response(output=[first, second]))
    output = CODEC.render_response(events, ASKED).body["output"]
    assert [(item["id"], item.get("phase")) for item in output] == [
        ("msg_1", "commentary"),
        ("msg_2", None),
    ]


@pytest.mark.parametrize(
    "body",
    [
        {},
        response("in_progress"),
        response("queued"),
        response("cancelled"),
        response("failed"),
        response(output=None),
        {"error": {"message": "no"}},
    ],
)
def test_what_is_no_answer_yet_is_broken(body: Any) -> None:
    with pytest.raises(GatewayError) as caught:
        CODEC.parse_response(body)
    assert caught.value.kind is ErrorKind.UPSTREAM_BROKEN
