"""Streams as bytes: Gemini's SDKs stumble over anything that is not exactly Google's framing."""

from __future__ import annotations

import json
import re
import time

import pytest

from tests.acceptance.line import Line
from tests.acceptance.tongue import GEMINI, OPENAI, Tongue
from tests.support.gateway import Gateway, Key

# facts: one line of JSON after `data: `, an empty line after it; between events only newlines.
SSE = re.compile(rb"(?:data: \{[^\r\n]+\}(?:\r\n\r\n|\n\n)|\r?\n)+")

MODELS = pytest.mark.parametrize(
    "model", ["gemini-2.5-flash", "sim-chat"], ids=["same dialect", "translated"]
)


async def stream(gateway: Gateway, key: Key, path: str, body: object) -> tuple[str, bytes]:
    """Content type and bytes of the whole answer."""
    async with Line.open(gateway.port) as line:
        headers = {"authorization": f"Bearer {key.secret}", "content-type": "application/json"}
        await line.ask("POST", path, headers=headers, body=json.dumps(body).encode())
        head = await line.head()
        assert head.status == 200
        return head.headers["content-type"], await line.rest()


@MODELS
@pytest.mark.parametrize("version", ["v1beta", "v1"])
async def test_gemini_sse_is_framed_as_google_frames_it(
    gateway: Gateway, key: Key, model: str, version: str
) -> None:
    path = f"/{version}/models/{model}:streamGenerateContent?alt=sse"
    body = GEMINI.ask(model, "one two three four five").body
    kind, data = await stream(gateway, key, path, body)
    assert kind.startswith("text/event-stream")
    assert SSE.fullmatch(data), data
    assert GEMINI.said(data) == "You said: one two three four five"
    assert GEMINI.finished(data)


@MODELS
async def test_gemini_without_sse_is_one_json_array(gateway: Gateway, key: Key, model: str) -> None:
    path = f"/v1beta/models/{model}:streamGenerateContent"
    kind, data = await stream(gateway, key, path, GEMINI.ask(model, "one two three").body)
    assert kind.startswith("application/json")
    assert data.startswith(b"[{") and data.endswith(b"]")
    chunks = json.loads(data)
    assert "".join(GEMINI.text(chunk) for chunk in chunks) == "You said: one two three"
    assert chunks[-1]["candidates"][0]["finishReason"] == "STOP"


@MODELS
async def test_openai_sse_has_only_data_lines_and_ends_with_done(
    gateway: Gateway, key: Key, model: str
) -> None:
    path, body = OPENAI.ask(model, "one two three", stream=True)
    kind, data = await stream(gateway, key, path, body)
    assert kind.startswith("text/event-stream")
    *parts, last, nothing = data.split(b"\n\n")
    assert (last, nothing) == (b"data: [DONE]", b"")
    assert all(part.startswith(b"data: {") and b"\n" not in part for part in parts)
    assert OPENAI.said(data) == "You said: one two three"


@pytest.mark.parametrize("model", ["gemini-2.5-flash-sim-slow-2.5", "sim/sim-slow-2.5"])
async def test_a_waiting_stream_gets_signs_of_life_that_its_client_can_read(
    gateway: Gateway, key: Key, tongue: Tongue, model: str
) -> None:
    """KEEPALIVE_INTERVAL is one second here, the upstream's silence two and a half."""
    async with Line.open(gateway.port) as line:
        path, body = tongue.ask(model, stream=True)
        await line.ask("POST", path, headers={"authorization": key.secret}, body=body)
        began = time.monotonic()
        first = await line.piece()
        waited = time.monotonic() - began
        rest = await line.rest()
    assert waited < 2.4, "it came with the answer, not before it"
    assert not first.strip() if tongue is GEMINI else first.startswith(b":")
    assert SSE.fullmatch(first + rest) if tongue is GEMINI else b"[DONE]" in rest
    assert tongue.said(first + rest) == "You said: hello"


@pytest.mark.parametrize("model", ["gemini-2.5-flash-sim-slow-1.5", "sim/sim-slow-1.5"])
async def test_a_json_array_stays_json_with_signs_of_life(
    gateway: Gateway, key: Key, model: str
) -> None:
    path = f"/v1beta/models/{model}:streamGenerateContent"
    _, data = await stream(gateway, key, path, GEMINI.ask(model).body)
    assert "".join(GEMINI.text(chunk) for chunk in json.loads(data)) == "You said: hello"


# OpenAI's first chunk says only who speaks, for which Gemini has no words: nothing to wait for.
@pytest.mark.parametrize(
    ("tongue", "model"),
    [
        (OPENAI, "sim/sim-stall"),
        (OPENAI, "gemini-2.5-flash-sim-stall"),
        (GEMINI, "gemini-2.5-flash-sim-stall"),
    ],
)
async def test_a_stream_is_not_held_back(
    gateway: Gateway, key: Key, tongue: Tongue, model: str
) -> None:
    """The upstream says one thing, then nothing: the client must have that one thing, and then
    signs of life."""
    async with Line.open(gateway.port) as line:
        path, body = tongue.ask(model, stream=True)
        await line.ask("POST", path, headers={"authorization": key.secret}, body=body)
        assert (await line.piece()).startswith(b"data: {")
        sign = await line.piece()
    assert not sign.strip() if tongue is GEMINI else sign.startswith(b":")
