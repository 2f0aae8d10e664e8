"""Feeds bytes to the parser in pieces of any size."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import msgspec

from proxy.dialects.base import EventParser, Listener
from proxy.dialects.openai_responses import CODEC
from proxy.errors import GatewayError
from proxy.ir import Batch, Event, Request, Role, Text, Turn

HELLO = (Turn(Role.USER, (Text("hi"),)),)
ASKED = Request(model="m", turns=HELLO, stream=True)


def sse(*events: Any) -> bytes:
    """Events as the wire has them; a string is sent as it is."""
    return b"".join(_line(event) for event in events)


def _line(event: Any) -> bytes:
    if isinstance(event, str):
        return event.encode()
    kind = event.get("type") if isinstance(event, dict) else None
    head = f"event: {kind}\n".encode() if isinstance(kind, str) and "\n" not in kind else b""
    return head + b"data: " + msgspec.json.encode(event) + b"\n\n"


def event(kind: str, place: int = 0, **fields: Any) -> dict[str, Any]:
    return {"type": f"response.{kind}", "output_index": place, **fields}


def response(status: str = "completed", **fields: Any) -> dict[str, Any]:
    body = {"id": "resp_1", "object": "response", "created_at": 5, "model": "m", "output": []}
    return {**body, "status": status, **fields}


CREATED = {"type": "response.created", "response": response("in_progress")}
COMPLETED = {"type": "response.completed", "response": response()}


def cut(data: bytes, size: int) -> Iterable[bytes]:
    return (data[start : start + size] for start in range(0, len(data), size))


def told(
    data: bytes, size: int = 0, parser: EventParser | Listener | None = None
) -> tuple[Batch, GatewayError | None]:
    """All events, and the error that ended them."""
    parser = parser or CODEC.event_parser()
    events: Batch = []
    try:
        for piece in cut(data, size or len(data) or 1):
            events += parser.feed(piece)
        events += parser.flush()
    except GatewayError as error:
        return events, error
    return events, None


def read(*events: Any) -> Batch:
    """The events of a stream between a beginning and an end."""
    found, error = told(sse(CREATED, *events, COMPLETED))
    assert error is None, error
    return found


def written(events: Iterable[Event], request: Request = ASKED) -> bytes:
    """The stream that the renderer makes of events, one at a time."""
    renderer = CODEC.event_renderer(request)
    return b"".join(renderer.feed([each]) for each in events) + renderer.flush()


def shown(data: bytes) -> list[dict[str, Any]]:
    """The JSON of each event of a stream, whose name is its type."""
    found = []
    for block in data.decode().split("\n\n"):
        if block and not block.startswith(":"):
            name, line = block.split("\n")
            body = msgspec.json.decode(line.removeprefix("data: "))
            assert name == f"event: {body['type']}"
            found.append(body)
    return found
