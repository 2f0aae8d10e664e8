"""`/_sim/…`, for tests in another process."""

from __future__ import annotations

import httpx
import pytest

from tests.gateway.simulator import shapes
from tests.support.simulator import Upstream

GENERATE = "/v1beta/models/gemini-2.5-flash:generateContent"


async def test_a_key_is_ordered_to_misbehave(client: httpx.AsyncClient) -> None:
    order = {"behaviour": "429-day", "times": 1}
    answer = await client.put("/_sim/keys/key-a", json=order)
    assert answer.json() == {"keys": {"key-a": order}}
    codes = [(await client.post(GENERATE, json=shapes.gemini())).status_code for _ in range(2)]
    assert codes == [429, 200]


async def test_an_order_is_taken_back(client: httpx.AsyncClient) -> None:
    await client.put("/_sim/keys/key-a", json={"behaviour": "500"})
    assert (await client.delete("/_sim/keys/key-a")).json() == {"keys": {}}
    assert (await client.get("/_sim/keys")).json() == {"keys": {}}


async def test_it_lists_requests_but_not_its_own(client: httpx.AsyncClient) -> None:
    await client.post(GENERATE, json=shapes.gemini())
    (seen,) = (await client.get("/_sim/requests")).json()["requests"]
    assert (seen["path"], seen["key"], seen["status"]) == (GENERATE, "key-a", 200)


async def test_it_lists_open_streams(client: httpx.AsyncClient, upstream: Upstream) -> None:
    path = "/v1beta/models/sim-stall:streamGenerateContent?alt=sse"
    async with client.stream("POST", path, json=shapes.gemini()):
        (running,) = (await client.get("/_sim/open")).json()["open"]
    assert (running["model"], running["closed_by"]) == ("sim-stall", None)
    assert await upstream.idle()
    assert (await client.get("/_sim/open")).json() == {"open": []}


async def test_reset_forgets_all(client: httpx.AsyncClient) -> None:
    await client.put("/_sim/keys/key-a", json={"behaviour": "500"})
    await client.post(GENERATE, json=shapes.gemini())
    await client.delete("/_sim")
    assert (await client.get("/_sim/requests")).json() == {"requests": []}
    assert (await client.get("/_sim/keys")).json() == {"keys": {}}


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("PUT", "/_sim/keys/k", {"behaviour": "typo"}, 400),
        ("PUT", "/_sim/keys/k", {"behaviour": 429}, 400),
        ("PUT", "/_sim/keys/k", {"behaviour": "cut", "times": "1"}, 400),
        ("PUT", "/_sim/keys/k", [], 400),
        ("GET", "/_sim/nothing", None, 404),
    ],
)
async def test_bad_orders_are_explained(
    client: httpx.AsyncClient, method: str, path: str, body: object, status: int
) -> None:
    answer = await client.request(method, path, json=body)
    assert answer.status_code == status
    assert answer.json()["error"]
