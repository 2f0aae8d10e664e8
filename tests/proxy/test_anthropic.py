"""Anthropic's clients through the door: translated, untouched, with seals that must not pass."""

from __future__ import annotations

import msgspec

from proxy.app import Door
from tests.proxy.test_app import ANSWER, EVENT, SSE, ask
from tests.support.asgi import call
from tests.support.rooms import KEY, Rooms, Script

MESSAGES = "/v1/messages"
TURN = {"role": "user", "content": "hi"}
ASKED = {"model": "gemini-2.5-flash", "max_tokens": 100, "messages": [TURN]}
OWN = {**ASKED, "model": "opus"}
SAID = (
    b'{"id":"msg_1","type":"message","role":"assistant","model":"opus","content":'
    b'[{"type":"text","text":"hello"}],"stop_reason":"end_turn","stop_sequence":null,'
    b'"usage":{"input_tokens":3,"output_tokens":2}}'
)
SEALED = {
    "role": "assistant",
    "content": [
        {"type": "thinking", "thinking": "", "signature": "potluck.v1.next.gemini.QUJD"},
        {"type": "text", "text": "so"},
    ],
}


async def test_gemini_answers_an_anthropic_client() -> None:
    caller = await ask(Rooms(Script(ANSWER)), MESSAGES, ASKED)
    assert caller.json["content"] == [{"type": "text", "text": "hello"}]
    assert caller.json["usage"]["output_tokens"] == 2


async def test_a_stream_has_its_event_names() -> None:
    caller = await ask(Rooms(Script(EVENT, content_type=SSE)), MESSAGES, {**ASKED, "stream": True})
    assert caller.body.startswith(b"event: message_start\n")
    assert caller.body.rstrip().endswith(b'data: {"type":"message_stop"}')


async def test_the_same_dialect_passes_with_its_beta_header() -> None:
    rooms = Rooms(Script(SAID))
    body = b'{"model" : "opus", "max_tokens": 5, "messages": [], "odd": 1.0}'
    headers = [("x-api-key", KEY), ("anthropic-beta", "effort-2025-11-24"), ("cookie", "a=b")]
    caller = await call(
        Door(rooms.services), "POST", MESSAGES, query="beta=true", headers=headers, body=body
    )
    [asked] = rooms.client.asked
    assert (caller.body, asked.body) == (SAID, body)
    assert asked.url == "http://claude.test/v1/messages?beta=true"
    assert asked.headers["anthropic-beta"] == "effort-2025-11-24"
    assert asked.headers["x-api-key"] == "secret-1" and "cookie" not in asked.headers


async def test_seals_of_other_upstreams_never_reach_anthropic() -> None:
    rooms = Rooms(Script(SAID))
    body = {**OWN, "messages": [TURN, SEALED, TURN]}
    caller = await ask(rooms, MESSAGES, body)
    assert caller.status == 200
    asked = rooms.client.asked[0].body or b""
    assert b"potluck" not in asked
    assert msgspec.json.decode(asked)["messages"][1]["content"][-1]["text"] == "so"
    assert caller.headers["x-potluck-dropped"]


async def test_tokens_are_counted_for_an_anthropic_client() -> None:
    rooms = Rooms(Script(b'{"totalTokens":7}'))
    caller = await ask(rooms, "/v1/messages/count_tokens", ASKED)
    assert caller.json == {"input_tokens": 7}


async def test_an_openai_client_asks_anthropic() -> None:
    rooms = Rooms(Script(SAID))
    body = {"model": "opus", "messages": [{"role": "user", "content": "hi"}]}
    caller = await ask(rooms, "/v1/chat/completions", body)
    assert caller.json["choices"][0]["message"]["content"] == "hello"
    assert msgspec.json.decode(rooms.client.asked[0].body or b"")["max_tokens"] > 0


async def test_errors_are_anthropics() -> None:
    caller = await call(Door(Rooms().services), "POST", MESSAGES, body=ASKED)
    assert caller.status == 401
    assert caller.json["type"] == "error"
    assert caller.json["error"]["type"] == "authentication_error"
