"""What a model's name asks for, on real sockets: answers that go on, streams that are faked."""

from __future__ import annotations

import asyncio
import json

import httpx
import pytest

from tests.acceptance.books import Books
from tests.acceptance.line import Line
from tests.acceptance.tongue import OPENAI, Tongue
from tests.support.gateway import Gateway, Key
from tests.support.simulator import Upstream

MODELS = pytest.mark.parametrize(
    "base", ["gemini-2.5-flash", "sim/gpt-5"], ids=["gemini", "openai"]
)


@MODELS
@pytest.mark.parametrize("stream", [False, True], ids=["whole", "stream"])
async def test_an_answer_of_three_parts_is_seamless(
    client: httpx.AsyncClient, upstream: Upstream, tongue: Tongue, base: str, stream: bool
) -> None:
    full = await said(client, upstream, tongue, f"{base}-sim-truncate-4000", stream)
    cut = await said(client, upstream, tongue, f"{base}-sim-truncate-50", stream)
    assert full.endswith("That is all.") and not cut.endswith("That is all.")
    asked = len(upstream.requests)
    name = f"anti-truncation/{base}-sim-truncate-50"
    assert await said(client, upstream, tongue, name, stream) == full
    assert len(upstream.requests) > asked + 2


async def test_it_costs_double(client: httpx.AsyncClient, books: Books, purse: Key) -> None:
    before = await books.settled(purse)
    ask = OPENAI.ask("anti-truncation/gemini-2.5-flash-sim-truncate-50")
    headers = {"authorization": f"Bearer {purse.secret}"}
    answer = await client.post(ask.path, json=ask.body, headers=headers)
    assert answer.status_code == 200
    assert (await books.settled(purse)).used == before.used + 2 * 2


@MODELS
async def test_a_fake_stream_lives_before_the_upstream_answers(
    gateway: Gateway, key: Key, tongue: Tongue, upstream: Upstream, base: str
) -> None:
    name = f"fake-stream/{base}-sim-slow-2.5"
    ask = tongue.ask(name, "hello", stream=True)
    async with Line.open(gateway.port) as line:
        headers = {"authorization": f"Bearer {key.secret}", "content-type": "application/json"}
        await line.ask("POST", ask.path, headers=headers, body=json.dumps(ask.body).encode())
        head = await line.head()
        assert head.status == 200
        # The head came with a keep-alive: the upstream has not said a word yet.
        assert upstream.open
        data = await line.rest()
    assert tongue.said(data) == "You said: hello"
    assert tongue.finished(data)


async def test_an_error_behind_a_fake_stream_is_told(
    client: httpx.AsyncClient, tongue: Tongue
) -> None:
    ask = tongue.ask("fake-stream/gemini-2.5-flash-sim-400", stream=True)
    answer = await client.post(ask.path, json=ask.body)
    assert answer.status_code == 400


async def test_the_real_model_is_named_in_the_answer(client: httpx.AsyncClient) -> None:
    ask = OPENAI.ask("假流式/gemini-2.5-flash-nothinking")
    body = (await client.post(ask.path, json=ask.body)).json()
    assert body["model"] == "gemini-2.5-flash"


async def said(
    client: httpx.AsyncClient, upstream: Upstream, tongue: Tongue, name: str, stream: bool
) -> str:
    ask = tongue.ask(name, "tell a story", stream=stream)
    answer = await asyncio.wait_for(client.post(ask.path, json=ask.body), 20)
    assert answer.status_code == 200, answer.text
    return tongue.said(answer.content) if stream else tongue.text(answer.json())
