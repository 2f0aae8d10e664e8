"""OpenAI's Responses clients through the door."""

from __future__ import annotations

from proxy.app import Door
from tests.proxy.test_app import ANSWER, EVENT, SSE, ask
from tests.support.asgi import call
from tests.support.rooms import Rooms, Script

PATH = "/v1/responses"
ASKED = {"model": "gemini-2.5-flash", "input": "hi"}


async def test_gemini_answers_a_responses_client() -> None:
    caller = await ask(Rooms(Script(ANSWER)), PATH, ASKED)
    assert caller.json["status"] == "completed"
    assert caller.json["output"][0]["content"][0]["text"] == "hello"
    assert caller.json["usage"]["total_tokens"] == 5


async def test_a_stream_ends_with_the_completed_response() -> None:
    caller = await ask(Rooms(Script(EVENT, content_type=SSE)), PATH, {**ASKED, "stream": True})
    names = [line for line in caller.body.split(b"\n") if line.startswith(b"event: ")]
    assert names[0] == b"event: response.created"
    assert names[-1] == b"event: response.completed"
    assert b"[DONE]" not in caller.body


async def test_what_is_not_stored_is_said_and_costs_nothing() -> None:
    rooms = Rooms()
    caller = await ask(rooms, PATH, {**ASKED, "previous_response_id": "resp_1"})
    assert caller.status == 400
    assert caller.json["error"]["param"] == "previous_response_id"
    assert rooms.ledger.quota == 1_000


async def test_a_websocket_is_sent_to_post() -> None:
    headers = [("connection", "upgrade"), ("upgrade", "websocket")]
    caller = await call(Door(Rooms().services), "GET", PATH, headers=headers)
    assert (caller.status, caller.headers["allow"]) == (426, "POST")


async def test_errors_are_openais() -> None:
    caller = await call(Door(Rooms().services), "POST", PATH, body=ASKED)
    assert caller.status == 401
    assert caller.json["error"]["code"] == "invalid_api_key"
