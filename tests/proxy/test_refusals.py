"""A refusal says why to programs and to people, in every dialect."""

from __future__ import annotations

import gzip
from datetime import timedelta
from typing import Any

import msgspec
import pytest

from proxy.app import Door
from proxy.dispatch import Patience
from proxy.errors import ErrorKind
from proxy.services import Tuning
from tests.support.asgi import Caller, call
from tests.support.rooms import KEY, NOW, Rooms, Script, make_grant

AUTH = [("authorization", f"Bearer {KEY}")]
CHAT = "/v1/chat/completions"
SPENT = (
    b'{"error":{"code":429,"status":"RESOURCE_EXHAUSTED","message":"You exceeded your current '
    b'quota, please check your plan and billing details. Please retry in 48.9s."}}'
)
ANSWER = (
    b'{"candidates":[{"content":{"role":"model","parts":[{"text":"a"}]},"finishReason":"STOP"}]}'
)


def said(*parts: Any, model: str = "gemini-2.5-flash", **more: Any) -> dict[str, Any]:
    content = list(parts) or "hi"
    return {"model": model, "messages": [{"role": "user", "content": content}], **more}


async def ask(rooms: Rooms, body: Any, *, path: str = CHAT, **options: Any) -> Caller:
    options = {"headers": AUTH, "body": body, **options}
    return await call(Door(rooms.services), "POST", path, **options)


@pytest.mark.parametrize(
    "path",
    [CHAT, "/v1/responses", "/v1/messages", "/v1beta/models/m:generateContent", "/v1/completions"],
)
async def test_every_dialect_says_that_a_key_is_missing(path: str) -> None:
    caller = await ask(Rooms(), said(), path=path, headers=[])
    assert (caller.status, caller.headers["x-potluck-reason"]) == (401, "key.missing")
    assert caller.headers["www-authenticate"] == "Bearer"


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"enabled": False}, "key.disabled"),
        ({"expires_at": NOW - timedelta(days=1)}, "key.expired"),
        ({"models": ("gpt-*",)}, "key.model"),
    ],
)
async def test_what_forbids_has_a_name(changes: dict[str, Any], reason: str) -> None:
    caller = await ask(Rooms(grant=make_grant(**changes)), said())
    assert caller.json["error"]["code"] == ErrorKind.FORBIDDEN
    assert (caller.status, caller.headers["x-potluck-reason"]) == (403, reason)


async def test_a_quota_says_which_and_what_is_left() -> None:
    caller = await ask(Rooms(quota=1), said(model="gemini-2.5-pro"))
    assert caller.json["error"]["code"] == ErrorKind.QUOTA_EXHAUSTED
    assert caller.headers["x-potluck-reason"] == "key.quota.total"
    assert caller.headers["x-potluck-remaining"] == "1"


async def test_the_last_refusal_is_the_gateways_own_words() -> None:
    rooms = Rooms(Script(SPENT, status=429), retry_after=74_354)
    caller = await ask(rooms, said())
    message = caller.json["error"]["message"]
    assert caller.status == 429
    assert "plan and billing" not in message and "48.9" not in message
    assert "resting" in message and "20:40 UTC (in 20 h)" in message
    assert caller.headers["x-potluck-reason"] == "pool.cooling"
    assert caller.headers["x-potluck-reset"].startswith("2026-01-01T20:39:1")
    assert "plan and billing" in rooms.calls[0].attempts[0].reason


async def test_where_no_other_is_asked_its_words_are_not_told_either() -> None:
    caller = await ask(Rooms(Script(SPENT, status=429)), said())
    assert "plan and billing" not in caller.json["error"]["message"]
    assert caller.headers["x-potluck-reason"] == "upstream.limit"


async def test_a_file_that_cannot_be_read_is_neither_answered_nor_charged() -> None:
    rooms = Rooms()
    file = {"type": "file", "file": {"file_id": "file-abc"}}
    caller = await ask(rooms, said({"type": "text", "text": "sum this"}, file))
    error = caller.json["error"]
    assert (caller.status, error["param"]) == (400, "messages[0].content[1]")
    assert rooms.client.asked == []
    assert not any(rooms.ledger.settled.values())


async def test_it_passes_where_the_service_may_know_it() -> None:
    rooms = Rooms(Script(b"{}"))
    await ask(rooms, body := said({"type": "wat"}, model="sim-chat"))
    assert msgspec.json.decode(rooms.client.asked[0].body or b"") == body


async def test_a_picture_that_cannot_be_read_is_named_as_the_caller_did() -> None:
    picture = {"type": "image_url", "image_url": {"url": "https://example.com/a.png"}}
    caller = await ask(Rooms(), said({"type": "text", "text": "?"}, picture))
    error = caller.json["error"]
    assert error["param"] == "messages[0].content[1]"
    assert error["message"].startswith("messages[0].content[1]: ")


@pytest.mark.parametrize(("model", "n"), [("sim-chat", 129), ("gemini-2.5-flash", 9)])
async def test_nobody_asks_for_more_answers_than_there_are(model: str, n: int) -> None:
    rooms = Rooms()
    caller = await ask(rooms, said(model=model, n=n))
    assert (caller.status, caller.json["error"]["param"]) == (400, "n")
    assert rooms.client.asked == []


async def test_candidates_are_counted_in_the_words_of_the_caller() -> None:
    body = {
        "contents": [{"parts": [{"text": "hi"}]}],
        "generationConfig": {"candidateCount": 1000},
    }
    caller = await ask(Rooms(), body, path="/v1beta/models/sim-chat:generateContent")
    assert (caller.status, "candidateCount may be 128" in caller.json["error"]["message"]) == (
        400,
        True,
    )


async def test_a_packed_body_passes_unpacked() -> None:
    rooms = Rooms(Script(b"{}"))
    body = msgspec.json.encode(said(model="sim-chat"))
    await ask(rooms, gzip.compress(body), headers=[*AUTH, ("content-encoding", "gzip")])
    assert rooms.client.asked[0].body == body
    assert "content-encoding" not in rooms.client.asked[0].headers


async def test_the_limit_is_told_in_a_unit_that_fits() -> None:
    tuning = Tuning(Patience(3, 60.0), 0, 1024, show_thoughts=True)
    caller = await ask(Rooms(tuning=tuning), b" " * 2000)
    assert "(1 KiB)" in caller.json["error"]["message"]


async def test_an_empty_tool_is_lost_by_a_name_that_says_what_it_was() -> None:
    caller = await ask(Rooms(Script(ANSWER)), {**said(), "tools": [{}]})
    assert (caller.status, caller.headers["x-potluck-dropped"]) == (200, "tools")


async def test_head_is_answered_as_get_is() -> None:
    caller = await call(Door(Rooms().services), "HEAD", "/v1/models", headers=AUTH)
    assert (caller.status, caller.body) == (200, b"")
    assert int(caller.headers["content-length"]) > 0


@pytest.mark.parametrize("content", ["", [], None])
async def test_an_empty_prompt_is_refused_before_an_upstream_that_would_not_understand(
    content: object,
) -> None:
    rooms = Rooms(Script(ANSWER))
    body = {"model": "gemini-2.5-flash", "messages": [{"role": "user", "content": content}]}
    caller = await ask(rooms, body)
    assert (caller.status, caller.json["error"]["param"]) == (400, "messages")
    assert "nothing to ask" in caller.json["error"]["message"]


async def test_an_empty_prompt_in_the_upstream_s_own_dialect_is_the_upstream_s_affair() -> None:
    body: dict[str, Any] = {"contents": []}
    path = "/v1beta/models/gemini-2.5-flash:generateContent"
    assert (await ask(Rooms(Script(ANSWER)), body, path=path)).status == 200
