"""The door: one request through all rooms, with fakes around them and real dialects inside."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import Any

import msgspec
import pytest
from msgspec import structs

from credentials.health import NotItsFault, Stumbled, Succeeded
from proxy.app import Door
from proxy.dispatch import Patience
from proxy.errors import ErrorKind, GatewayError
from proxy.images.gallery import Gallery
from proxy.images.links import Links
from proxy.images.memory import MemoryStore
from proxy.ir import Media, Request
from proxy.route import RouteTable
from proxy.services import Tuning
from tests.support.asgi import Caller, call
from tests.support.rooms import KEY, NOW, Rooms, Script, make_grant

AUTH = [("authorization", f"Bearer {KEY}")]
CHAT = {"model": "gemini-2.5-flash", "messages": [{"role": "user", "content": "hi"}]}
GEMINI = {"contents": [{"role": "user", "parts": [{"text": "hi"}]}]}
ANSWER = msgspec.json.encode(
    {
        "candidates": [
            {
                "content": {"role": "model", "parts": [{"text": "hello"}]},
                "finishReason": "STOP",
                "index": 0,
            }
        ],
        "usageMetadata": {
            "promptTokenCount": 3,
            "candidatesTokenCount": 2,
            "totalTokenCount": 5,
        },
        "modelVersion": "gemini-2.5-flash",
        "responseId": "r1",
    }
)
EVENT = b"data: " + ANSWER + b"\r\n\r\n"
SSE = "text/event-stream"
BUSY = b'{"error":{"code":503,"message":"The model is overloaded.","status":"UNAVAILABLE"}}'
QUESTION = "/v1/chat/completions"
GENERATE = "/v1beta/models/gemini-2.5-flash:generateContent"
STREAM = "/v1beta/models/gemini-2.5-flash:streamGenerateContent"


async def ask(rooms: Rooms, path: str, body: Any, **options: Any) -> Caller:
    return await call(Door(rooms.services), "POST", path, headers=AUTH, body=body, **options)


async def test_a_chat_question_is_answered_by_gemini() -> None:
    rooms = Rooms(Script(ANSWER))
    caller = await ask(rooms, QUESTION, CHAT)
    assert caller.status == 200
    assert caller.json["choices"][0]["message"]["content"] == "hello"
    assert caller.json["usage"]["total_tokens"] == 5
    assert caller.json["created"] == int(NOW.timestamp())
    assert list(rooms.ledger.settled.values()) == [True]
    assert rooms.pool.outcomes == [(1, Succeeded())]


async def test_the_same_dialect_passes_byte_for_byte() -> None:
    odd = b'{ "candidates":[{"content":{"parts":[{"text":"x"}]},"finishReason":"STOP"}],"new":1.0}'
    rooms = Rooms(Script(odd))
    body = b'{"contents" : [{"parts":[{"text":"hi"}]}], "x_new": 1.00}'
    caller = await ask(rooms, GENERATE, body)
    assert caller.body == odd
    assert rooms.client.asked[0].body == body


async def test_a_stream_passes_byte_for_byte() -> None:
    rooms = Rooms(Script(EVENT[:30], EVENT[30:], content_type=SSE))
    caller = await ask(rooms, STREAM, GEMINI, query="alt=sse")
    assert caller.body == EVENT
    assert caller.headers["content-type"].startswith(SSE)
    assert rooms.client.asked[0].url.endswith(":streamGenerateContent?alt=sse")
    assert rooms.ledger.records[0].output_tokens == 2


async def test_only_the_model_is_changed_for_an_alias() -> None:
    answer = b'{"id":"1","choices":[{"message":{"content":"x"},"finish_reason":"stop"}], "y":1.0}'
    rooms = Rooms(Script(answer))
    body = b'{"model": "nick", "messages": [], "odd": 1.0}'
    caller = await ask(rooms, QUESTION, body)
    assert caller.body == answer
    assert rooms.client.asked[0].body == b'{"model":"real-name","messages":[],"odd":1.0}'


async def test_a_chat_stream_ends_with_done() -> None:
    rooms = Rooms(Script(EVENT, content_type=SSE))
    caller = await ask(rooms, QUESTION, {**CHAT, "stream": True})
    assert b'"content":"hello"' in caller.body
    assert caller.body.endswith(b"data: [DONE]\n\n")


async def test_the_client_leaves_in_mid_stream() -> None:
    script = Script(
        EVENT.replace(b',"finishReason":"STOP"', b""), asyncio.Event(), content_type=SSE
    )
    rooms = Rooms(script)
    caller = Caller(
        Door(rooms.services), "POST", STREAM, query="alt=sse", headers=AUTH, body=GEMINI
    )
    await caller.start()
    await caller.until(b"hello")
    await caller.hang_up()
    assert script.closed
    assert list(rooms.ledger.settled.values()) == [True]
    assert rooms.pool.outcomes == [(1, NotItsFault())]
    assert rooms.ledger.records[0].error_code == "client_disconnected"


async def test_the_client_leaves_before_the_answer_and_gets_its_units_back() -> None:
    script = Script(asyncio.Event())
    rooms = Rooms(script)
    caller = Caller(Door(rooms.services), "POST", QUESTION, headers=AUTH, body=CHAT)
    await caller.start()
    await asyncio.sleep(0.01)
    await caller.hang_up()
    assert script.closed
    assert list(rooms.ledger.settled.values()) == [False]
    assert rooms.ledger.records[0].status == 499


async def test_another_credential_answers_and_the_client_notices_nothing() -> None:
    rooms = Rooms(Script(BUSY, status=503), Script(ANSWER), credentials=2)
    caller = await ask(rooms, QUESTION, CHAT)
    assert caller.status == 200
    assert [type(outcome) for _, outcome in rooms.pool.outcomes] == [Stumbled, Succeeded]
    assert len(msgspec.json.decode(rooms.ledger.records[0].attempts)) == 2


async def test_an_unreachable_upstream_is_not_the_credentials_fault() -> None:
    rooms = Rooms(GatewayError(ErrorKind.UPSTREAM_BROKEN, "unreachable"))
    caller = await ask(rooms, QUESTION, CHAT)
    assert caller.status == 502
    assert rooms.pool.outcomes == [(1, NotItsFault())]
    assert list(rooms.ledger.settled.values()) == [False]


async def test_a_stream_that_breaks_off_says_so_in_the_stream() -> None:
    broken = GatewayError(ErrorKind.UPSTREAM_BROKEN, "the upstream broke")
    begun = EVENT.replace(b',"finishReason":"STOP"', b"")
    rooms = Rooms(Script(begun, broken, content_type=SSE), credentials=2)
    caller = await ask(rooms, QUESTION, {**CHAT, "stream": True})
    assert caller.status == 200
    assert b"the upstream broke" in caller.body
    assert len(rooms.client.asked) == 1
    assert rooms.ledger.records[0].error_code == "upstream_failed"


async def test_the_upstreams_own_words_for_a_mistake_reach_the_same_dialect() -> None:
    body = (
        b'{"error":{"code":400,"message":"Please use a valid role.","status":"INVALID_ARGUMENT"}}'
    )
    rooms = Rooms(Script(body, status=400), credentials=2)
    caller = await ask(rooms, GENERATE, GEMINI)
    assert (caller.status, caller.body) == (400, body)
    assert rooms.pool.outcomes == [(1, NotItsFault())]


async def test_a_mistake_is_told_in_the_callers_dialect() -> None:
    body = (
        b'{"error":{"code":400,"message":"Please use a valid role.","status":"INVALID_ARGUMENT"}}'
    )
    caller = await ask(Rooms(Script(body, status=400)), QUESTION, CHAT)
    assert caller.status == 400
    assert "Please use a valid role." in caller.json["error"]["message"]
    assert caller.json["error"]["code"] == "upstream_rejected"


async def test_a_cooling_pool_is_429_with_retry_after() -> None:
    rooms = Rooms(credentials=1, retry_after=41.6)
    rooms.pool._size = 0
    caller = await ask(rooms, QUESTION, CHAT)
    assert caller.status == 503

    class Cooling(type(rooms.pool)):  # type: ignore[misc]
        async def acquire(self, *_: object) -> Any:
            from credentials.pool import Unavailable

            raise Unavailable(3, 41.6)

    rooms.pool.__class__ = Cooling
    caller = await ask(rooms, QUESTION, CHAT)
    assert (caller.status, caller.headers["retry-after"]) == (429, "42")
    assert caller.json["error"]["code"] == "upstream_cooling"


async def test_too_little_quota_is_429_and_nobody_is_asked() -> None:
    rooms = Rooms(quota=1)
    caller = await ask(rooms, QUESTION, CHAT)
    assert caller.status == 429
    assert caller.json["error"]["code"] == "insufficient_quota"
    assert "1 are left" in caller.json["error"]["message"]
    assert rooms.client.asked == []


@pytest.mark.parametrize(
    ("method", "path", "headers", "body", "status", "code"),
    [
        pytest.param("POST", QUESTION, [], CHAT, 401, "invalid_api_key", id="no key"),
        pytest.param("POST", QUESTION, [("x-api-key", "sk-x")], CHAT, 401, None, id="unknown key"),
        pytest.param("GET", QUESTION, AUTH, b"", 405, "method_not_allowed", id="method"),
        pytest.param("POST", "/v1/nothing", AUTH, CHAT, 404, "path_not_found", id="path"),
        pytest.param("POST", QUESTION, AUTH, b"{", 400, "invalid_request", id="not JSON"),
        pytest.param("POST", QUESTION, AUTH, b"[]", 400, "invalid_request", id="array"),
        pytest.param("POST", QUESTION, AUTH, {"messages": []}, 400, None, id="no model"),
        pytest.param(
            "POST", QUESTION, AUTH, {"model": 7, "messages": []}, 400, None, id="model is a number"
        ),
        pytest.param(
            "POST", QUESTION, AUTH, {"model": "m", "messages": "hi"}, 400, None, id="messages"
        ),
        pytest.param("POST", QUESTION, AUTH, b"x" * (2**20 + 1), 413, None, id="too large"),
    ],
)
async def test_bad_input_gets_a_clear_error_and_costs_nothing(
    method: str, path: str, headers: list[tuple[str, str]], body: Any, status: int, code: str | None
) -> None:
    rooms = Rooms()
    caller = await call(Door(rooms.services), method, path, headers=headers, body=body)
    assert caller.status == status
    assert caller.json["error"]["message"]
    assert code is None or caller.json["error"]["code"] == code
    assert rooms.ledger.quota == 1_000


async def test_errors_speak_gemini_on_geminis_paths() -> None:
    caller = await call(Door(Rooms().services), "POST", GENERATE, body=GEMINI)
    assert caller.status == 401
    assert caller.json["error"]["status"] == "UNAUTHENTICATED"


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"enabled": False}, 403),
        ({"expires_at": NOW}, 403),
        ({"expires_at": NOW + timedelta(seconds=1)}, 200),
        ({"models": ("gemini-*",)}, 200),
        ({"models": ("gpt-*",)}, 403),
    ],
)
async def test_a_grant_opens_what_it_names(changes: dict[str, Any], status: int) -> None:
    rooms = Rooms(Script(ANSWER), grant=make_grant(**changes))
    assert (await ask(rooms, QUESTION, CHAT)).status == status


async def test_a_waiting_stream_gets_signs_of_life() -> None:
    wait = asyncio.Event()
    tuning = Tuning(Patience(3, 60.0), 0.01, 2**20, show_thoughts=True)
    rooms = Rooms(Script(wait, EVENT, content_type=SSE), tuning=tuning)
    body = {**CHAT, "stream": True}
    caller = Caller(Door(rooms.services), "POST", QUESTION, headers=AUTH, body=body)
    await caller.start()
    await caller.until(b"\n\n")
    assert b"hello" not in caller.body
    wait.set()
    await caller.finish()
    assert b'"content":"hello"' in caller.body


async def test_tokens_are_guessed_where_the_upstream_cannot_count_and_that_is_said() -> None:
    rooms = Rooms()
    caller = await ask(rooms, "/v1beta/models/sim-chat:countTokens", GEMINI)
    assert (caller.status, caller.json) == (200, {"totalTokens": 5})
    assert caller.headers["x-potluck-estimated"] == "tokens"
    assert rooms.client.asked == []


async def test_tokens_are_counted_by_geminis_own_upstream_and_cost_nothing() -> None:
    rooms = Rooms(Script(b'{"totalTokens":7}'))
    caller = await ask(rooms, "/v1beta/models/gemini-2.5-flash:countTokens", GEMINI)
    assert caller.json == {"totalTokens": 7}
    assert rooms.ledger.quota == 1_000


async def test_what_is_lost_is_said() -> None:
    rooms = Rooms(Script(ANSWER))
    caller = await ask(rooms, QUESTION, {**CHAT, "logit_bias": {"1": 2}})
    assert "logit_bias" in caller.headers["x-potluck-dropped"]
    assert "logit_bias" in rooms.ledger.records[0].dropped


async def test_a_field_with_a_line_break_cannot_write_a_header() -> None:
    rooms = Rooms(Script(ANSWER))
    caller = await ask(rooms, QUESTION, {**CHAT, "x\r\nset-cookie: a=b": 1})
    assert caller.status == 200
    assert caller.headers["x-potluck-dropped"] == "x??set-cookie:?a=b"


async def test_a_free_text_tool_is_called_with_free_text() -> None:
    called = ANSWER.replace(
        b'{"text":"hello"}', b'{"functionCall":{"name":"patch","args":{"input":"*** begin"}}}'
    )
    rooms = Rooms(Script(called))
    tool = {"type": "custom", "custom": {"name": "patch", "description": "edits"}}
    caller = await ask(rooms, QUESTION, {**CHAT, "tools": [tool]})
    [made] = caller.json["choices"][0]["message"]["tool_calls"]
    assert made["custom"] == {"name": "patch", "input": "*** begin"}


async def test_a_browser_may_ask_first() -> None:
    caller = await call(Door(Rooms().services), "OPTIONS", QUESTION)
    assert caller.status == 204
    assert caller.headers["access-control-allow-origin"] == "*"


async def test_a_bug_is_told_with_the_request_id_only() -> None:
    rooms = Rooms()
    caller = await ask(rooms, QUESTION, CHAT)  # The script has no answer: the fake fails.
    assert caller.status == 500
    assert caller.headers["x-request-id"] in caller.json["error"]["message"]
    assert "Traceback" not in caller.body.decode() and "pop" not in caller.body.decode()


async def test_geminis_shape_on_the_chat_path_is_answered_in_geminis_shape() -> None:
    rooms = Rooms(Script(ANSWER))
    caller = await ask(rooms, QUESTION, {"model": "gemini-2.5-flash", "stream": False, **GEMINI})
    assert caller.body == ANSWER
    assert msgspec.json.decode(rooms.client.asked[0].body or b"") == GEMINI


async def test_it_streams_as_events_there() -> None:
    rooms = Rooms(Script(EVENT, content_type=SSE))
    caller = await ask(rooms, QUESTION, {"model": "gemini-2.5-flash", "stream": True, **GEMINI})
    assert caller.body == EVENT
    assert rooms.client.asked[0].url.endswith(":streamGenerateContent?alt=sse")


async def test_a_path_may_name_the_provider() -> None:
    reply = {"id": "1", "object": "chat.completion", "choices": []}
    rooms = Rooms(Script(msgspec.json.encode(reply)))
    body = CHAT | {"model": "anything"}
    await ask(rooms, "/sim/v1/chat/completions", body)
    assert rooms.client.asked[0].url == "http://openai.test/v1/chat/completions"
    assert msgspec.json.decode(rooms.client.asked[0].body or b"")["model"] == "anything"


async def test_an_unknown_provider_in_the_path_is_not_found() -> None:
    rooms = Rooms()
    caller = await ask(rooms, "/stranger/v1/chat/completions", CHAT)
    assert caller.status == 404 and "stranger" in caller.json["error"]["message"]
    caller = await call(Door(rooms.services), "GET", "/stranger/v1/models", headers=AUTH)
    assert caller.status == 404


async def test_a_variant_is_asked_of_its_base() -> None:
    rooms = Rooms(Script(ANSWER))
    path = "/v1beta/models/gemini-2.5-flash-nothinking-search:generateContent"
    caller = await ask(rooms, path, GEMINI)
    assert caller.status == 200
    asked = rooms.client.asked[0]
    assert asked.url.endswith("/models/gemini-2.5-flash:generateContent")
    body = msgspec.json.decode(asked.body or b"")
    assert body["contents"] == GEMINI["contents"]
    assert body["generationConfig"]["thinkingConfig"]["thinkingBudget"] == 0
    assert body["tools"] == [{"googleSearch": {}}]


async def test_a_key_that_may_use_a_model_may_use_its_variants() -> None:
    rooms = Rooms(Script(ANSWER), grant=make_grant(models=("gemini-2.5-flash",)))
    body = CHAT | {"model": "gemini-2.5-flash-search"}
    assert (await ask(rooms, QUESTION, body)).status == 200
    assert (await ask(rooms, QUESTION, CHAT | {"model": "gemini-2.5-pro"})).status == 403


async def test_a_dropped_signature_comes_back_with_the_call() -> None:
    part = {"functionCall": {"name": "f", "args": {}}, "thoughtSignature": "c2ln"}
    reply = msgspec.json.decode(ANSWER)
    reply["candidates"][0]["content"]["parts"] = [part]
    rooms = Rooms(Script(msgspec.json.encode(reply)), Script(ANSWER))
    tools = [{"type": "function", "function": {"name": "f"}}]
    first = CHAT | {"model": "gemini-3-pro-preview", "tools": tools}
    message = (await ask(rooms, QUESTION, first)).json["choices"][0]["message"]
    called = message["tool_calls"][0]
    plain = {"id": called["id"], "type": "function", "function": called["function"]}
    turns = [
        *CHAT["messages"],
        {"role": "assistant", "tool_calls": [plain]},
        {"role": "tool", "tool_call_id": called["id"], "content": "done"},
    ]
    await ask(rooms, QUESTION, first | {"messages": turns})
    body = msgspec.json.decode(rooms.client.asked[1].body or b"")
    assert body["contents"][1]["parts"][0]["thoughtSignature"] == "c2ln"


@pytest.mark.parametrize("name", ["gemini-2.5-flash", "opus"])
async def test_system_text_may_go_as_a_users(name: str) -> None:
    tuning = Tuning(Patience(3, 60.0), 0, 2**20, show_thoughts=True, system=False)
    rooms = Rooms(Script(b"{}", status=500), tuning=tuning)
    turns = [{"role": "system", "content": "be brief"}, *CHAT["messages"]]
    await ask(rooms, QUESTION, {"model": name, "messages": turns})
    body = rooms.client.asked[0].body or b""
    assert b"be brief" in body and b'"system' not in body


async def test_a_picture_is_served_to_whoever_has_its_link() -> None:
    rooms = Rooms()
    links = Links([b"k" * 32], timedelta(hours=1))
    store = MemoryStore(number=9, size=999, lifetime=timedelta(hours=1), clock=lambda: NOW)
    gallery = Gallery(store, links, lambda: NOW)
    door = Door(replace(rooms.services, gallery=gallery))
    link = await gallery.publish(b"\x89PNG\r\n\x1a\n...", "image/png", "http://here")
    path = link.removeprefix("http://here")
    caller = await call(door, "GET", path)
    assert (caller.status, caller.headers["content-type"]) == (200, "image/png")
    assert caller.body.startswith(b"\x89PNG")
    assert (await call(door, "HEAD", path)).body == b""
    assert (await call(door, "GET", path + "x")).status == 404
    assert (await call(door, "POST", path)).status == 404
    assert (await call(Door(rooms.services), "GET", path)).status == 404
    assert rooms.ledger.records == []


async def test_a_file_named_by_url_is_fetched_for_gemini() -> None:
    async def inlined(request: Request) -> Request:
        (turn,) = request.turns
        parts = tuple(
            structs.replace(part, url="", data="aGk=", mime_type="image/png")
            if isinstance(part, Media)
            else part
            for part in turn.parts
        )
        return structs.replace(request, turns=(structs.replace(turn, parts=parts),))

    rooms = Rooms(Script(ANSWER), Script(b"{}", status=400))
    door = Door(replace(rooms.services, inlined=inlined))
    image = {"type": "image_url", "image_url": {"url": "https://pictures.test/cat.png"}}
    turns = [{"role": "user", "content": [{"type": "text", "text": "what?"}, image]}]
    caller = await call(door, "POST", QUESTION, headers=AUTH, body=CHAT | {"messages": turns})
    assert caller.status == 200
    body = msgspec.json.decode(rooms.client.asked[0].body or b"")
    assert {"inlineData": {"mimeType": "image/png", "data": "aGk="}} in body["contents"][0]["parts"]
    body = CHAT | {"messages": turns, "model": "opus"}
    await call(door, "POST", QUESTION, headers=AUTH, body=body)
    assert b"https://pictures.test/cat.png" in (rooms.client.asked[1].body or b"")


def cut(text: str, reason: str) -> Script:
    reply = msgspec.json.decode(ANSWER)
    reply["candidates"][0] |= {
        "content": {"role": "model", "parts": [{"text": text}]},
        "finishReason": reason,
    }
    return Script(msgspec.json.encode(reply))


async def test_a_cut_answer_goes_on_and_costs_double() -> None:
    scripts = [cut("Once upon ", "MAX_TOKENS"), cut("a ti", "MAX_TOKENS"), cut("me.", "STOP")]
    rooms = Rooms(*scripts, credentials=3)
    path = "/v1beta/models/流式抗截断/gemini-2.5-flash:generateContent"
    caller = await ask(rooms, path, GEMINI)
    (candidate,) = caller.json["candidates"]
    assert "".join(part["text"] for part in candidate["content"]["parts"]) == "Once upon a time."
    assert candidate["finishReason"] == "STOP"
    assert caller.json["usageMetadata"]["candidatesTokenCount"] == 6
    assert rooms.ledger.quota == 1_000 - 2 * 2
    assert [attempt.result for attempt in rooms.calls[0].attempts] == ["Succeeded"] * 3


async def test_a_fake_stream_asks_for_a_whole_answer() -> None:
    rooms = Rooms(Script(ANSWER))
    path = "/v1beta/models/gemini-2.5-flash-假流式:streamGenerateContent"
    caller = await ask(rooms, path, GEMINI, query="alt=sse")
    assert rooms.client.asked[0].url.endswith(":generateContent")
    assert caller.body.startswith(b"data: {") and b"hello" in caller.body


async def test_a_fake_stream_gives_a_sign_of_life_at_once() -> None:
    ready = asyncio.Event()
    tuning = Tuning(Patience(3, 60.0), 15.0, 2**20, show_thoughts=True)
    rooms = Rooms(Script(ready, ANSWER), tuning=tuning)
    body = CHAT | {"model": "fake-stream/gemini-2.5-flash", "stream": True}
    caller = Caller(Door(rooms.services), "POST", QUESTION, headers=AUTH, body=body)
    await caller.start()
    await caller.until(b"\n")
    assert b"data:" not in caller.body, "nothing but a comment"
    ready.set()
    await caller.finish()
    assert b"hello" in caller.body


async def test_an_alias_counts_for_its_models_allowance() -> None:
    rooms = Rooms(Script(ANSWER))
    providers = [*rooms.services.routes().providers.values()]
    table = RouteTable(providers, aliases={"fast": "gemini-2.5-flash"})
    door = Door(replace(rooms.services, routes=lambda: table))
    await call(door, "POST", QUESTION, headers=AUTH, body=CHAT | {"model": "fast"})
    assert rooms.ledger.models == ["gemini-2.5-flash"]
