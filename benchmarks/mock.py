"""A fast upstream that speaks Gemini and OpenAI chat: `python -m benchmarks.mock --port 9000`."""

from __future__ import annotations

import argparse
import asyncio
import gc
from collections.abc import Iterator
from typing import cast

import uvloop

from benchmarks import pace, processes, replies

_BACKLOG = 4096


def size(data: bytes) -> int | None:
    """Bytes of the first request in `data`, None while it is incomplete."""
    end = data.find(b"\r\n\r\n")
    if end < 0:
        return None
    head = data[:end].lower()
    at = head.find(b"\r\ncontent-length:")
    if at >= 0:
        line_end = head.find(b"\r\n", at + 2)
        total = end + 4 + int(head[at + 17 : line_end if line_end > 0 else end])
        return total if total <= len(data) else None
    if b"\r\ntransfer-encoding: chunked" in head:
        last = data.find(b"\r\n0\r\n\r\n", end + 2)
        return last + 7 if last >= 0 else None
    return end + 4


def choose(request: bytes, known: replies.Replies) -> bytes | tuple[bytes, ...]:
    """The answer to a request: one write, or the writes of a stream."""
    line = request[: request.find(b"\r\n")]
    if b":generateContent" in line:
        return known.gemini
    if b":streamGenerateContent" in line:
        return known.gemini_stream
    if b"/chat/completions" in line:
        if not _says(request, b'"stream"'):
            return known.chat
        return known.chat_stream_usage if _says(request, b'"include_usage"') else known.chat_stream
    if b"/v1beta/models" in line:
        return known.gemini_models
    return known.chat_models if b"/models" in line else known.missing


def _says(request: bytes, field: bytes) -> bool:
    return field + b":true" in request or field + b": true" in request


class Shared:
    """What the connections share."""

    def __init__(self, burst: int) -> None:
        self.loop = asyncio.get_running_loop()
        self.replies = replies.build(burst)
        self._metronomes: dict[int, pace.Metronome] = {}

    def metronome(self, rate: int) -> pace.Metronome:
        if rate not in self._metronomes:
            self._metronomes[rate] = pace.Metronome(rate)
        return self._metronomes[rate]


class Upstream(asyncio.Protocol):
    """One connection. Answers in order; a client that pipelines behind a stream is not served."""

    def __init__(self, shared: Shared) -> None:
        self._shared = shared
        self._held = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # uvloop's transports are of no asyncio class.
        self._transport = cast(asyncio.WriteTransport, transport)

    def data_received(self, data: bytes) -> None:
        if self._held:
            data = self._held + data
        while data:
            length = size(data)
            if length is None:
                break
            self._answer(data[:length])
            data = data[length:]
        self._held = data

    def _answer(self, request: bytes) -> None:
        answer = choose(request, self._shared.replies)
        if isinstance(answer, bytes):
            self._transport.write(answer)
            return
        wish = pace.heard(request)
        if wish:
            self._shared.metronome(wish[1]).join(self._transport, wish[0])
        else:
            self._next(iter(answer))

    def _next(self, writes: Iterator[bytes]) -> None:
        """One write a turn of the loop: uvloop would join several of the same turn into one."""
        piece = next(writes, None)
        if piece is not None and not self._transport.is_closing():
            self._transport.write(piece)
            self._shared.loop.call_soon(self._next, writes)


async def serve(port: int, burst: int) -> None:
    shared = Shared(burst)
    server = await shared.loop.create_server(
        lambda: Upstream(shared), "127.0.0.1", port, backlog=_BACKLOG
    )
    # Nothing here makes cycles: a collection would only add a pause to somebody's p99.
    gc.freeze()
    gc.disable()
    await server.serve_forever()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--burst", type=int, default=1, help="chunks of a stream in one write")
    asked = parser.parse_args()
    processes.raise_file_limit()
    uvloop.run(serve(asked.port, asked.burst))


if __name__ == "__main__":
    main()
