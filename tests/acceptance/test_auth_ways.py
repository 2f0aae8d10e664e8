"""The five ways to give a key, and that no log keeps one."""

from __future__ import annotations

import httpx
import pytest

from tests.acceptance.tongue import Tongue
from tests.support.gateway import Gateway, Key
from tests.support.simulator import Upstream

Pairs = dict[str, str]

# (headers, query), `{}` stands for the key.
WAYS: dict[str, tuple[Pairs, Pairs]] = {
    "bearer": ({"authorization": "Bearer {}"}, {}),
    "bare authorization": ({"authorization": "{}"}, {}),
    "x-api-key": ({"x-api-key": "{}"}, {}),
    "x-goog-api-key": ({"x-goog-api-key": "{}"}, {}),
    "query": ({}, {"key": "{}"}),
}


async def post(
    gateway: Gateway, tongue: Tongue, way: str, secret: str, model: str = "sim-chat"
) -> httpx.Response:
    headers, query = (
        {name: text.format(secret) for name, text in pairs.items()} for pairs in WAYS[way]
    )
    path, body = tongue.ask(model)
    async with httpx.AsyncClient(base_url=gateway.url, trust_env=False, timeout=20) as client:
        return await client.post(path, json=body, headers=headers, params=query)


@pytest.mark.parametrize("way", WAYS)
async def test_a_key_is_taken(gateway: Gateway, key: Key, tongue: Tongue, way: str) -> None:
    answer = await post(gateway, tongue, way, key.secret)
    assert answer.status_code == 200, answer.text
    assert tongue.text(answer.json()) == "You said: hello"


@pytest.mark.parametrize("way", WAYS)
async def test_a_wrong_key_is_refused(gateway: Gateway, tongue: Tongue, way: str) -> None:
    answer = await post(gateway, tongue, way, "sk-" + "A" * 43)
    assert answer.status_code == 401
    assert tongue.complaint(answer.json()).code == "invalid_api_key"


async def test_no_key_reaches_a_file(gateway: Gateway, key: Key, tongue: Tongue) -> None:
    for way in WAYS:
        for model in ("sim-chat", "gemini-2.5-flash", "sim/sim-400", "no such model"):
            await post(gateway, tongue, way, key.secret, model)
    files = [path for path in gateway.folder.rglob("*") if path.is_file()]
    assert gateway.log in files
    assert [path.name for path in files if key.secret.encode() in path.read_bytes()] == []


async def test_the_upstream_never_sees_the_gateways_key(
    gateway: Gateway, key: Key, tongue: Tongue, upstream: Upstream
) -> None:
    for way in WAYS:
        await post(gateway, tongue, way, key.secret, "gemini-2.5-flash")
    requests = upstream.requests
    assert len(requests) == len(WAYS)
    assert all(key.secret not in f"{entry.headers} {entry.query}" for entry in requests)
