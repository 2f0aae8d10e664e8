"""Callers of the model API while nothing can be reserved."""

from __future__ import annotations

from typing import Any

import pytest

from proxy.app import Door
from tests.support.asgi import call
from tests.support.rooms import KEY, Rooms

TURNS = [{"role": "user", "content": "hi"}]
CHAT = {"model": "gemini-2.5-flash", "messages": TURNS}
GEMINI = {"contents": [{"role": "user", "parts": [{"text": "hi"}]}]}
GENERATE = "/v1beta/models/gemini-2.5-flash:generateContent"


@pytest.mark.parametrize(
    ("path", "body", "word"),
    [
        ("/v1/chat/completions", CHAT, "server_error"),
        ("/v1/messages", CHAT | {"max_tokens": 9}, "overloaded_error"),
        (GENERATE, GEMINI, "UNAVAILABLE"),
    ],
)
async def test_who_cannot_reserve_is_told_to_come_back(path: str, body: Any, word: str) -> None:
    rooms = Rooms()
    rooms.ledger.down = True
    auth = [("authorization", f"Bearer {KEY}")]
    caller = await call(Door(rooms.services), "POST", path, headers=auth, body=body)
    assert caller.status == 503
    assert caller.headers["retry-after"] == "5"
    assert caller.headers["x-potluck-reason"] == "gateway.database"
    error = caller.json["error"]
    assert word in (error.get("type"), error.get("status"))
    assert "database is busy or full" in error["message"]
    assert rooms.ledger.records[0].error_code == "database_unavailable"
    assert rooms.ledger.settled == {}
