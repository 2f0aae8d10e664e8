"""What the simulator remembers, whom it lets in, and that nothing brings it down."""

from __future__ import annotations

import httpx
import pytest

from gateway.simulator.app import Simulator
from gateway.simulator.journal import Side
from gateway.simulator.server import Running
from tests.gateway.simulator import shapes
from tests.support.simulator import PATIENCE, Upstream

GENERATE = "/v1beta/models/gemini-2.5-flash:generateContent"
STREAM = "/v1beta/models/{}:streamGenerateContent?alt=sse"
PATHS = [
    GENERATE,
    "/openai/v1/chat/completions",
    "/anthropic/v1/messages",
    "/v1internal:countTokens",
]


async def test_it_records_what_was_asked(client: httpx.AsyncClient, upstream: Upstream) -> None:
    await client.post(GENERATE + "?x=1", json=shapes.gemini("Hello"))
    seen = upstream.last
    assert (seen.method, seen.path, seen.query, seen.status) == ("POST", GENERATE, {"x": "1"}, 200)
    assert (seen.key, seen.model) == ("key-a", "gemini-2.5-flash")
    assert seen.json == upstream.bodies[0] == shapes.gemini("Hello")
    assert seen.headers["x-goog-api-key"] == "key-a"


async def test_it_tells_who_ended_an_exchange_and_when(
    client: httpx.AsyncClient, upstream: Upstream
) -> None:
    await client.post(GENERATE, json=shapes.gemini())
    assert await upstream.idle()
    seen = upstream.last
    assert seen.closed_by is Side.SERVER
    assert seen.first_byte is not None and seen.closed_at is not None
    assert seen.started <= seen.first_byte <= seen.closed_at


async def test_it_notices_a_client_that_leaves(
    client: httpx.AsyncClient, upstream: Upstream
) -> None:
    path = STREAM.format("sim-stall")
    async with client.stream("POST", path, json=shapes.gemini()) as answer:
        await anext(answer.aiter_raw())
        assert [entry.path for entry in upstream.open] == [path.partition("?")[0]]
    assert await upstream.idle()
    assert upstream.last.closed_by is Side.CLIENT
    assert upstream.last.pieces == 1


async def test_it_notices_a_client_that_leaves_before_the_answer(
    client: httpx.AsyncClient, upstream: Upstream
) -> None:
    with pytest.raises(httpx.ReadTimeout):
        await client.post(STREAM.format("sim-hang"), json=shapes.gemini(), timeout=0.05)
    assert await upstream.idle()
    assert (upstream.last.closed_by, upstream.last.first_byte) == (Side.CLIENT, None)


async def test_a_cut_answer_is_an_error_to_the_client(
    client: httpx.AsyncClient, upstream: Upstream
) -> None:
    with pytest.raises(httpx.RemoteProtocolError):
        await client.post(STREAM.format("sim-cut"), json=shapes.gemini())
    assert await upstream.idle()
    assert upstream.last.closed_by is Side.SERVER


async def test_without_a_list_every_key_is_good(client: httpx.AsyncClient) -> None:
    answer = await client.post(GENERATE, json=shapes.gemini(), headers={"x-goog-api-key": "any"})
    assert answer.status_code == 200


async def test_with_a_list_only_those_keys_are(client: httpx.AsyncClient) -> None:
    with Running(Simulator(keys=["good"])) as running:
        good, bad = [
            await client.post(
                running.base + GENERATE, json=shapes.gemini(), headers={"x-goog-api-key": key}
            )
            for key in ("good", "bad")
        ]
    assert (good.status_code, bad.status_code) == (200, 400)
    assert bad.json()["error"]["details"][0]["reason"] == "API_KEY_INVALID"


async def test_a_key_misbehaves_as_often_as_told(
    client: httpx.AsyncClient, upstream: Upstream
) -> None:
    upstream.fail("key-a", "503", times=2)
    codes = [(await client.post(GENERATE, json=shapes.gemini())).status_code for _ in range(3)]
    assert codes == [503, 503, 200]
    assert [entry.behaviour for entry in upstream.requests] == ["503", "503", ""]


async def test_a_key_misbehaves_until_it_is_healed(
    client: httpx.AsyncClient, upstream: Upstream
) -> None:
    upstream.fail("key-a", "429-minute")
    assert (await client.post(GENERATE, json=shapes.gemini())).status_code == 429
    upstream.heal("key-a")
    assert (await client.post(GENERATE, json=shapes.gemini())).status_code == 200


async def test_other_keys_are_not_touched(client: httpx.AsyncClient, upstream: Upstream) -> None:
    upstream.fail("key-b", "500")
    assert (await client.post(GENERATE, json=shapes.gemini())).status_code == 200


async def test_it_replays_given_bytes(client: httpx.AsyncClient, upstream: Upstream) -> None:
    upstream.replay("key-a", b"data: {}\r\n\r\n", content_type="text/event-stream")
    answer = await client.post(STREAM.format("gemini-2.5-pro"), json=shapes.gemini())
    assert (answer.content, answer.headers["content-type"]) == (
        b"data: {}\r\n\r\n",
        "text/event-stream",
    )


async def test_demo_answers_say_that_they_are_simulated(client: httpx.AsyncClient) -> None:
    with Running(Simulator(demo=True)) as running:
        answer = await client.post(running.base + GENERATE, json=shapes.gemini("Hello"))
    text = answer.json()["candidates"][0]["content"]["parts"][0]["text"]
    assert "simulated" in text and text.endswith("You said: Hello")


async def test_the_body_may_be_large(client: httpx.AsyncClient, upstream: Upstream) -> None:
    body = shapes.gemini("x" * 20_000_000)
    assert (await client.post(GENERATE, json=body)).status_code == 200
    assert upstream.last.size > 20_000_000
    assert upstream.last.body == b""


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"[]", b"null", b"\xff\xfe", b"[" * 100_000, b'{"contents":5,"messages":{}}'],
)
async def test_no_bad_body_brings_it_down(
    client: httpx.AsyncClient, path: str, body: bytes
) -> None:
    answer = await client.post(path, content=body)
    assert 400 <= answer.status_code < 500
    assert answer.json()["error"]


@pytest.mark.parametrize("path", ["/", "/nowhere", "/v1beta/nothing", "/anthropic/v1/nothing"])
async def test_unknown_paths_are_404_in_some_shape(client: httpx.AsyncClient, path: str) -> None:
    answer = await client.get(path)
    assert answer.status_code == 404
    assert answer.json()["error"]


async def test_a_misspelt_behaviour_is_a_missing_model(client: httpx.AsyncClient) -> None:
    answer = await client.post(STREAM.format("sim-typo"), json=shapes.gemini())
    assert answer.status_code == 404


async def test_it_speaks_no_websocket() -> None:
    async def nothing(*_: object) -> dict[str, object]:
        return {}

    with pytest.raises(NotImplementedError):
        await Simulator()({"type": "websocket"}, nothing, nothing)  # type: ignore[arg-type]


async def test_a_behaviour_in_the_name_keeps_the_family(client: httpx.AsyncClient) -> None:
    path = STREAM.format("gemini-3-pro-preview-sim-tokens-2")
    answer = await client.post(path, json=shapes.gemini(), timeout=PATIENCE)
    *_, last = shapes.crlf_events(answer.content)
    assert "thoughtSignature" in last["candidates"][0]["content"]["parts"][0]
