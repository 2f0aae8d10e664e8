"""Another model answers when nobody has quota for the one that was asked, and everybody is told."""

from __future__ import annotations

import asyncio
from collections.abc import Collection
from dataclasses import replace
from typing import Any

import pytest

from credentials.pool import Lack, Lease, Unavailable
from proxy.app import Door
from proxy.route import Provider, RouteTable
from proxy.upstreams.gemini_api import GeminiApi
from proxy.upstreams.openai_compatible import OpenAICompatible
from tests.proxy.test_app import ANSWER, AUTH, EVENT, GEMINI, SSE
from tests.support.asgi import Caller, call
from tests.support.rooms import FakePool, Rooms, Script, make_grant

PRO = {"model": "gemini-2.5-pro", "messages": [{"role": "user", "content": "hi"}]}
DEAR = ("gemini-2.5-flash", "gemini-2.5-pro")
CHEAP = ("gemini-2.5-pro", "gemini-2.5-flash")


class Spent(FakePool):
    """Nobody has quota left for one model."""

    def __init__(self, model: str) -> None:
        super().__init__()
        self._spent = model

    async def acquire(
        self, provider: str, model: str, exclude: Collection[int] = (), session: str = ""
    ) -> Lease:
        if model == self._spent:
            raise Unavailable(1, 60.0, kind=Lack.QUOTA)
        return await super().acquire(provider, model, exclude)


class House:
    """A gateway where the first of each pair is spent."""

    def __init__(self, *scripts: Script, pair: tuple[str, str] = CHEAP, **options: Any) -> None:
        self.rooms = Rooms(*scripts, **options)
        chat = OpenAICompatible("http://openai.test/v1", "test")
        table = RouteTable(
            [
                Provider("gemini", GeminiApi("http://gemini.test", "test"), catch_all=True),
                Provider("deep", chat, {"deep-chat": "deep-chat"}),
            ],
            detours=[pair],
        )
        services = replace(self.rooms.services, routes=lambda: table, pool=Spent(pair[0]))
        self.door = Door(services)

    async def ask(self, body: Any = PRO, path: str = "/v1/chat/completions") -> Caller:
        return await call(self.door, "POST", path, headers=AUTH, body=body)


async def test_the_answer_and_the_books_tell_the_real_model() -> None:
    house = House(Script(ANSWER))
    caller = await house.ask()
    assert (caller.status, caller.json["model"]) == (200, "gemini-2.5-flash")
    assert caller.headers["x-potluck-model"] == "gemini-2.5-flash"
    (record,) = house.rooms.ledger.records
    assert (record.model, record.upstream_model) == ("gemini-2.5-pro", "gemini-2.5-flash")
    assert "no quota is left for gemini-2.5-pro" in record.attempts


async def test_a_stream_tells_it_before_its_first_byte() -> None:
    house = House(Script(EVENT, content_type=SSE))
    path = "/v1beta/models/gemini-2.5-pro:streamGenerateContent?alt=sse"
    caller = await call(
        house.door, "POST", path.partition("?")[0], query="alt=sse", headers=AUTH, body=GEMINI
    )
    assert caller.body == EVENT
    assert caller.headers["x-potluck-model"] == "gemini-2.5-flash"
    assert "/models/gemini-2.5-flash:stream" in house.rooms.client.asked[0].url


@pytest.mark.parametrize(("pair", "units"), [(CHEAP, 2), (DEAR, 2)], ids=["cheaper", "dearer"])
async def test_the_cheaper_of_both_is_paid(pair: tuple[str, str], units: int) -> None:
    house = House(Script(ANSWER), pair=pair)
    assert (await house.ask({**PRO, "model": pair[0]})).status == 200
    assert house.rooms.ledger.records[0].units == units


async def test_an_upstream_of_another_dialect_may_answer() -> None:
    said = (
        b'{"id":"c1","object":"chat.completion","created":1,"model":"deep-chat","choices":[{"index"'
        b':0,"message":{"role":"assistant","content":"hello"},"finish_reason":"stop"}]}'
    )
    house = House(Script(said), pair=("gemini-2.5-pro", "deep-chat"))
    caller = await house.ask(GEMINI, "/v1beta/models/gemini-2.5-pro:generateContent")
    assert caller.json["candidates"][0]["content"]["parts"] == [{"text": "hello"}]
    assert b'"model":"deep-chat"' in (house.rooms.client.asked[0].body or b"")


async def test_a_key_gets_no_model_that_it_may_not_use() -> None:
    house = House(grant=make_grant(models=("*-pro",)))
    caller = await house.ask()
    assert caller.status == 429 and "x-potluck-model" not in caller.headers


async def test_vectors_and_counts_are_of_the_model_that_was_asked() -> None:
    house = House(pair=("gemini-embedding-001", "gemini-2.5-flash"))
    caller = await house.ask({"model": "gemini-embedding-001", "input": "x"}, "/v1/embeddings")
    assert caller.status == 429 and house.rooms.client.asked == []


async def test_the_door_knows_what_is_under_way() -> None:
    held = asyncio.Event()
    house = House(Script(EVENT, held, content_type=SSE))
    path = "/v1beta/models/gemini-2.5-pro:streamGenerateContent"
    caller = Caller(house.door, "POST", path, query="alt=sse", headers=AUTH, body=GEMINI)
    await caller.start()
    await caller.until(b"hello")
    (under_way,) = house.door.calls
    assert under_way.stream and under_way.begun
    held.set()
    await caller.finish()
    assert not house.door.calls
