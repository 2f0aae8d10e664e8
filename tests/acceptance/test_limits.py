"""Keys' own limits on real sockets: who is refused, in which words, and who waits."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import httpx
import pytest

from tests.acceptance.books import Books
from tests.support.gateway import Gateway, Key

Make = Callable[..., Key]


class Dialect(NamedTuple):
    path: str
    body: dict[str, Any]
    code: Callable[[Any], str]


def openai(error: Any) -> str:
    return str(error["error"]["code"])


def google(error: Any) -> str:
    return str(next(detail["reason"] for detail in error["error"]["details"] if "reason" in detail))


def kind(error: Any) -> str:
    assert error["type"] == "error"
    return str(error["error"]["type"])


MODEL = "gemini-2.5-flash"
TURNS = [{"role": "user", "content": "hello"}]
CONTENTS = [{"role": "user", "parts": [{"text": "hello"}]}]
DIALECTS = {
    "chat": Dialect("/v1/chat/completions", {"model": MODEL, "messages": TURNS}, openai),
    "responses": Dialect("/v1/responses", {"model": MODEL, "input": "hello"}, openai),
    "completions": Dialect("/v1/completions", {"model": MODEL, "prompt": "hello"}, openai),
    "anthropic": Dialect(
        "/v1/messages", {"model": MODEL, "max_tokens": 9, "messages": TURNS}, kind
    ),
    "gemini": Dialect(f"/v1beta/models/{MODEL}:generateContent", {"contents": CONTENTS}, google),
    "code assist": Dialect(
        "/v1internal:generateContent",
        {"model": MODEL, "project": "p", "request": {"contents": CONTENTS}},
        google,
    ),
}
EVERY = pytest.mark.parametrize("spoken", DIALECTS.values(), ids=DIALECTS)


async def ask(gateway: Gateway, key: Key, spoken: Dialect, **changes: Any) -> httpx.Response:
    headers = {"authorization": f"Bearer {key.secret}"}
    async with httpx.AsyncClient(base_url=gateway.url, trust_env=False, timeout=30) as client:
        return await client.post(spoken.path, json=spoken.body | changes, headers=headers)


def limited(gateway: Gateway, *options: str, quota: int = 1_000) -> Key:
    return gateway.key(quota=quota, options=options)


@EVERY
async def test_a_key_over_its_pace_is_told_when_to_come_back(
    gateway: Gateway, spoken: Dialect
) -> None:
    key = limited(gateway, "--rpm=1")
    assert (await ask(gateway, key, spoken)).status_code == 200
    refused = await ask(gateway, key, spoken)
    assert refused.status_code == 429
    assert spoken.code(refused.json()).lower() in ("rate_limit_exceeded", "rate_limit_error")
    assert "1 requests a minute" in refused.text
    assert 1 <= int(refused.headers["retry-after"]) <= 60


@EVERY
async def test_a_day_that_is_used_up_says_when_the_next_begins(
    gateway: Gateway, books: Books, spoken: Dialect
) -> None:
    key = limited(gateway, "--daily-quota=3", "--time-zone=Asia/Shanghai")
    assert (await ask(gateway, key, spoken)).status_code == 200
    refused = await ask(gateway, key, spoken)
    assert refused.status_code == 429 and "1 are left" in refused.text
    assert 1 <= int(refused.headers["retry-after"]) <= 90_000
    assert (await books.settled(key)).used == 2


@EVERY
@pytest.mark.parametrize(
    "options", [["--models=gemini-2.5-pro"], ["--networks=192.0.2.0/24"]], ids=["model", "address"]
)
async def test_a_list_that_does_not_name_the_call_refuses_it(
    gateway: Gateway, spoken: Dialect, options: Sequence[str]
) -> None:
    refused = await ask(gateway, limited(gateway, *options), spoken)
    assert refused.status_code == 403 and "This key may" in refused.text


async def test_fifty_agents_on_one_free_key(gateway: Gateway, books: Books) -> None:
    key = limited(gateway, "--concurrency=4", "--waiting=20")
    chat = DIALECTS["chat"]
    model = "gemini-2.5-flash-sim-slow-0.3"
    answers = await asyncio.gather(*(ask(gateway, key, chat, model=model) for _ in range(50)))
    assert Counter(answer.status_code for answer in answers) == {200: 24, 429: 26}
    refused = next(answer for answer in answers if answer.status_code == 429)
    assert openai(refused.json()) == "rate_limit_exceeded" and "retry-after" in refused.headers
    assert (await books.settled(key)).used == 24 * 2
    assert (await ask(gateway, key, chat)).status_code == 200
