"""What is kept of an answer, and how a later question goes on from it."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from proxy.dialects.openai_responses import CODEC
from proxy.dialects.openai_responses.speaker import SPEAKER
from proxy.dialects.openai_responses.storage import STORAGE
from proxy.errors import GatewayError
from proxy.ir import Finish, FinishReason, Open, Request, Start, Text
from proxy.operation import Hints, Operation, Wish

encode, decode = msgspec.json.encode, msgspec.json.decode
TEXT = {"type": "output_text", "text": "hello"}
SAID = {"type": "message", "role": "assistant", "id": "msg_1", "content": [TEXT]}
BARE = {"type": "reasoning", "id": "rs_1", "summary": []}
PROVEN = {**BARE, "encrypted_content": "seal"}
CALL = {"type": "function_call", "id": "fc_1", "call_id": "c", "name": "f", "arguments": "{}"}


def answer(*output: Any, **changes: Any) -> bytes:
    fields = {"id": "resp_1", "status": "completed", "output": list(output), "store": False}
    return encode(fields | changes)


def kept(body: Any, *output: Any) -> bytes:
    found = STORAGE.record(encode(body), answer(*output), "")
    assert found is not None
    return found.body


def operation(path: str, method: str = "GET") -> Operation:
    found = SPEAKER.match(path, {}, Hints())
    assert found is not None
    return found.others.get(method, found)


@pytest.mark.parametrize(
    ("body", "wish"),
    [
        ({}, Wish("", True, False)),
        ({"store": True}, Wish("", True, True)),
        ({"store": False, "previous_response_id": None}, Wish("", False, False)),
        ({"previous_response_id": "resp_1"}, Wish("resp_1", True, False)),
    ],
)
def test_an_answer_is_kept_unless_the_caller_does_not_want_it(body: Any, wish: Wish) -> None:
    assert STORAGE.wish(encode(body)) == wish


@pytest.mark.parametrize(
    ("body", "param"),
    [
        ({"conversation": "conv_1"}, "conversation"),
        ({"prompt": {"id": "pmpt_1"}}, "prompt"),
        ({"background": True}, "background"),
        ({"previous_response_id": "no id\0"}, "previous_response_id"),
    ],
)
def test_what_only_an_account_knows_is_refused(body: Any, param: str) -> None:
    with pytest.raises(GatewayError) as caught:
        STORAGE.wish(encode(body))
    assert (caught.value.param, caught.value.status) == (param, 400)


def test_a_question_goes_on_after_what_was_said() -> None:
    first = kept({"input": "hi", "instructions": "be brief"}, PROVEN, SAID)
    body = {"input": "more", "previous_response_id": "resp_1", "model": "m", "odd": 1.0}
    joined = decode(STORAGE.joined(encode(body), first))
    user = {"type": "message", "role": "user"}
    assert joined == {
        "input": [user | {"content": "hi"}, PROVEN, SAID, user | {"content": "more"}],
        "model": "m",
        "odd": 1.0,
    }
    assert CODEC.parse_request(joined).turns


def test_a_conversation_grows_answer_by_answer() -> None:
    first = kept({"input": [CALL]}, SAID)
    body = STORAGE.joined(encode({"previous_response_id": "resp_1", "input": []}), first)
    assert decode(STORAGE.joined(encode({"previous_response_id": "x"}), kept(decode(body), CALL)))[
        "input"
    ] == [CALL, SAID, CALL]


def test_reasoning_without_its_proof_is_not_sent_again_nor_are_the_ids_beside_it() -> None:
    joined = STORAGE.joined(encode({"previous_response_id": "r"}), kept({"input": []}, BARE, CALL))
    assert decode(joined)["input"] == [{key: CALL[key] for key in CALL if key != "id"}]


def test_an_input_that_is_none_is_refused() -> None:
    with pytest.raises(GatewayError) as caught:
        STORAGE.joined(b'{"input":5,"previous_response_id":"r"}', kept({"input": []}))
    assert caught.value.param == "input"


@pytest.mark.parametrize(
    ("body", "sent"),
    [
        ({"input": 1.0}, {"input": 1.0, "store": False}),
        ({"store": True}, {"store": False}),
        ({"store": False, "previous_response_id": "resp_1"}, {"store": False}),
        (
            {"reasoning": {"summary": "auto"}, "include": ["a"]},
            {
                "reasoning": {"summary": "auto"},
                "include": ["a", "reasoning.encrypted_content"],
                "store": False,
            },
        ),
        ({"reasoning": None}, {"reasoning": None, "store": False}),
        ({"reasoning": {"effort": "none"}}, {"reasoning": {"effort": "none"}, "store": False}),
        (
            {"reasoning": {"effort": "low"}},
            {
                "reasoning": {"effort": "low"},
                "store": False,
                "include": ["reasoning.encrypted_content"],
            },
        ),
    ],
)
def test_an_upstream_keeps_nothing(body: Any, sent: Any) -> None:
    assert decode(STORAGE.sent(encode(body))) == sent


def test_what_says_so_itself_is_sent_untouched() -> None:
    body = b'{"store" : false, "reasoning": {}, "previous_response_id": null, "x": 1.0 }'
    assert STORAGE.sent(body) is body


def test_the_end_of_a_stream_holds_the_whole_answer() -> None:
    renderer = CODEC.event_renderer(Request(model="m", turns=()))
    head = renderer.feed([Start("resp_1", "m", 1), Open(0, Text('"response.completed"'))])
    assert not STORAGE.ends(head)
    last = renderer.feed([Finish(FinishReason.STOP)]) + renderer.flush()
    assert STORAGE.ends(last)
    found = STORAGE.record(b'{"input":"hi"}', head[-20:] + last, "resp_0")
    assert found is not None
    response = decode(found.body)["response"]
    assert (response["store"], response["previous_response_id"]) == (True, "resp_0")
    assert response["output"][0]["content"][0]["text"] == '"response.completed"'


@pytest.mark.parametrize(
    "heard",
    [
        answer(status="failed"),
        answer(id=""),
        answer(id="a/b"),
        answer(id=5),
        b'{"error":{"message":"no"}}',
        b"<html>",
        b"",
        b'data: {"type":"response.completed"}\n\n',
        b'event: error\ndata: {"type":"error"}\n\n',
        b'{"id":"resp_1"',
    ],
)
def test_what_is_no_complete_answer_is_not_kept(heard: bytes) -> None:
    assert STORAGE.record(b'{"input":"hi"}', heard, "") is None


def test_a_cut_answer_is_kept() -> None:
    assert STORAGE.record(b'{"input":"hi"}', answer(status="incomplete"), "") is not None


def test_an_answer_is_shown_as_it_was() -> None:
    shown = STORAGE.show(operation("/v1/responses/resp_1"), kept({"input": "hi"}, SAID), {})
    assert (shown["id"], shown["output"], shown["store"]) == ("resp_1", [SAID], True)


def test_it_is_not_streamed_again() -> None:
    with pytest.raises(GatewayError):
        STORAGE.show(operation("/v1/responses/resp_1"), kept({"input": "hi"}), {"stream": "true"})


def test_a_deletion_is_confirmed() -> None:
    shown = STORAGE.show(operation("/v1/responses/resp_1", "DELETE"), b"", {})
    assert shown == {"id": "resp_1", "object": "response.deleted", "deleted": True}


def test_what_was_asked_is_listed() -> None:
    record = kept({"input": [{"role": "user", "content": "hi"}, CALL]})
    shown = STORAGE.show(operation("/v1/responses/resp_1/input_items"), record, {"order": "asc"})
    message, call = shown["data"]
    assert message["content"] == [{"type": "input_text", "text": "hi"}]
    assert (message["id"], call["id"], shown["has_more"]) == ("item_0", "fc_1", False)


def test_an_answer_that_is_not_there_is_told_in_openais_words() -> None:
    error = STORAGE.missing("resp_1", True)
    assert (error.status, error.param) == (400, "previous_response_id")
    assert error.quoted is not None
    assert decode(error.quoted.body)["error"]["code"] == "previous_response_not_found"
    assert STORAGE.missing("resp_1", False).status == 404
