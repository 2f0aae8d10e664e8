"""Writes a reply to an ASGI server and notices at once when the client has gone."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from gateway.simulator.journal import Side
from gateway.simulator.reply import End, Reply

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]


async def read(receive: Receive) -> bytes | None:
    """The whole request body; None if the client left before its end."""
    pieces: list[bytes] = []
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            return None
        pieces.append(message.get("body", b""))
        if not message.get("more_body", False):
            return b"".join(pieces)


async def deliver(
    reply: Reply, receive: Receive, send: Send, *, pace: float, wrote: Callable[[], None]
) -> Side:
    """Who ended the exchange. `wrote` is called before each piece, `pace` is seconds after it."""
    loop = asyncio.get_running_loop()
    writer = loop.create_task(_write(reply, send, pace=pace, wrote=wrote))
    watcher = loop.create_task(_hangup(receive))
    try:
        await asyncio.wait({writer, watcher}, return_when=asyncio.FIRST_COMPLETED)
    finally:
        finished = writer.done()
        for task in (writer, watcher):
            task.cancel()
        await asyncio.gather(writer, watcher, return_exceptions=True)
    if not finished:
        return Side.CLIENT
    writer.result()
    return Side.SERVER


async def _hangup(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def _write(reply: Reply, send: Send, *, pace: float, wrote: Callable[[], None]) -> None:
    await _pause(reply.delay)
    await send({"type": "http.response.start", "status": reply.status, "headers": _head(reply)})
    for piece in reply.pieces:
        wrote()
        await send({"type": "http.response.body", "body": piece, "more_body": True})
        # Also without a pace: each piece is to leave in a write of its own.
        await asyncio.sleep(pace if reply.streamed else 0)
    match reply.end:
        case End.DONE:
            await send({"type": "http.response.body", "body": b""})
        case End.STALL:
            await _pause(math.inf)
        case End.CUT:
            # An ASGI server closes the connection when the answer is not complete on return.
            return


async def _pause(seconds: float) -> None:
    if math.isinf(seconds):
        await asyncio.get_running_loop().create_future()
    elif seconds:
        await asyncio.sleep(seconds)


def _head(reply: Reply) -> list[tuple[bytes, bytes]]:
    headers = [("content-type", reply.content_type), *reply.headers]
    if not reply.streamed and reply.end is End.DONE:
        headers.append(("content-length", str(reply.length)))
    return [(name.lower().encode(), value.encode("latin-1")) for name, value in headers]
