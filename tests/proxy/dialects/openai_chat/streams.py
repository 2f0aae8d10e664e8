"""Feeds bytes to the parser in pieces of any size."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import msgspec

from proxy.dialects.openai_chat import CODEC
from proxy.errors import GatewayError
from proxy.ir import Batch


def sse(*chunks: Any, done: bool = True) -> bytes:
    """Chunks as the wire has them; a string is sent as it is."""
    lines = [_line(chunk) for chunk in chunks]
    return b"".join(lines) + (b"data: [DONE]\n\n" if done else b"")


def _line(chunk: Any) -> bytes:
    return (
        chunk.encode()
        if isinstance(chunk, str)
        else b"data: " + msgspec.json.encode(chunk) + b"\n\n"
    )


def delta(index: int = 0, finish: str | None = None, **said: Any) -> dict[str, Any]:
    """A chunk that says one thing."""
    choice = {"index": index, "delta": said, "finish_reason": finish}
    return {"id": "chatcmpl-1", "model": "m", "created": 5, "choices": [choice]}


def cut(data: bytes, size: int) -> Iterable[bytes]:
    return (data[start : start + size] for start in range(0, len(data), size))


def told(data: bytes, size: int = 0) -> tuple[Batch, GatewayError | None]:
    """All events, and the error that ended them."""
    parser = CODEC.event_parser()
    events: Batch = []
    try:
        for piece in cut(data, size or len(data) or 1):
            events += parser.feed(piece)
        events += parser.flush()
    except GatewayError as error:
        return events, error
    return events, None


def read(*chunks: Any, done: bool = True) -> Batch:
    """The events of a stream that ends well."""
    events, error = told(sse(*chunks, done=done))
    assert error is None, error
    return events
