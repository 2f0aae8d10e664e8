"""The least that Python can do here: uvicorn and aiohttp, one text message translated, no more.

No keys, no quota, no errors, no other content. What our gateway costs above it is what its
features cost, on whatever machine this is. `python -m benchmarks.bare --port 1 --mock 2`.
"""

from __future__ import annotations

import argparse
from collections.abc import Awaitable, Callable
from typing import Any

import aiohttp
import msgspec
import uvicorn

from proxy import sse

Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]


class Bare:
    """An ASGI application that answers OpenAI chat from Gemini at `base`."""

    def __init__(self, base: str) -> None:
        self._base = base
        self._session: aiohttp.ClientSession | None = None

    async def __call__(self, scope: dict[str, Any], receive: Receive, send: Send) -> None:
        if self._session is None:
            self._session = aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0))
        asked = msgspec.json.decode(await _body(receive))
        stream = bool(asked.get("stream"))
        action = "streamGenerateContent?alt=sse" if stream else "generateContent"
        url = f"{self._base}/v1beta/models/{asked['model']}:{action}"
        payload = msgspec.json.encode(_request(asked))
        headers = {"x-goog-api-key": "bench", "content-type": "application/json"}
        async with self._session.post(url, data=payload, headers=headers) as answer:
            await (_streamed if stream else _whole)(answer, send)


async def _body(receive: Receive) -> bytes:
    pieces: list[bytes] = []
    while True:
        message = await receive()
        pieces.append(message.get("body", b""))
        if not message.get("more_body"):
            return b"".join(pieces)


def _request(asked: dict[str, Any]) -> dict[str, Any]:
    system, user = (message["content"] for message in asked["messages"])
    return {
        "systemInstruction": {"parts": [{"text": system}]},
        "contents": [{"role": "user", "parts": [{"text": user}]}],
        "generationConfig": {"maxOutputTokens": asked["max_tokens"]},
    }


async def _whole(answer: aiohttp.ClientResponse, send: Send) -> None:
    text, finish = _read(await answer.read())
    message = {"role": "assistant", "content": text}
    body = {"object": "chat.completion", "choices": [{"message": message, "finish_reason": finish}]}
    await _start(send, b"application/json")
    await send({"type": "http.response.body", "body": msgspec.json.encode(body)})


async def _streamed(answer: aiohttp.ClientResponse, send: Send) -> None:
    await _start(send, b"text/event-stream")
    decoder = sse.Decoder()
    async for read in answer.content.iter_any():
        chunks = [sse.event(_chunk(*_read(event.data))) for event in decoder.feed(read)]
        await send({"type": "http.response.body", "body": b"".join(chunks), "more_body": True})
    await send({"type": "http.response.body", "body": sse.event(b"[DONE]")})


async def _start(send: Send, kind: bytes) -> None:
    headers = [(b"content-type", kind)]
    await send({"type": "http.response.start", "status": 200, "headers": headers})


def _chunk(text: str, finish: str | None) -> bytes:
    choice = {"index": 0, "delta": {"content": text}, "finish_reason": finish}
    return msgspec.json.encode({"object": "chat.completion.chunk", "choices": [choice]})


def _read(data: bytes) -> tuple[str, str | None]:
    candidate = msgspec.json.decode(data)["candidates"][0]
    finish = "stop" if "finishReason" in candidate else None
    return candidate["content"]["parts"][0]["text"], finish


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--mock", type=int, required=True)
    asked = parser.parse_args()
    uvicorn.run(
        Bare(f"http://127.0.0.1:{asked.mock}"),
        port=asked.port,
        loop="uvloop",
        http="httptools",
        lifespan="off",
        access_log=False,
        log_level="error",
    )


if __name__ == "__main__":
    main()
