"""Gemini's bodies in envelopes, and what a Code Assist stream says."""

from __future__ import annotations

import json
from itertools import pairwise
from typing import Any

from msgspec.structs import replace

from proxy.dialects.code_assist import CODEC
from proxy.errors import GatewayError
from proxy.ir import Batch, Start
from tests.proxy.dialects.gemini.fold import Folded

JSON = dict[str, Any]

TRACE = "5a1c"
AROUND: JSON = {"project": "theirs", "user_prompt_id": "u########0"}


def asked(inner: JSON, *, model: str = "gemini-2.5-pro", **around: Any) -> JSON:
    """As gemini-cli asks."""
    return {"model": model, **AROUND, **around, "request": {**inner, "session_id": "s-1"}}


def answered(inner: Any, **beside: Any) -> JSON:
    return {"response": inner, "traceId": TRACE, **beside}


def sse(*bodies: Any) -> bytes:
    return b"".join(b"data: " + json.dumps(body).encode() + b"\r\n\r\n" for body in bodies)


def streamed(wire: bytes, step: int = 0) -> Batch:
    """`step`: how many bytes each read brings; 0 for one read."""
    parser = CODEC.event_parser()
    events: Batch = []
    for start, end in pairwise([*range(0, len(wire), step or len(wire) or 1), len(wire)]):
        events += parser.feed(wire[start:end])
    return events + parser.flush()


def outcome(wire: bytes, step: int = 0) -> tuple[Batch, str]:
    """What came before the error, too."""
    parser = CODEC.event_parser()
    events: Batch = []
    try:
        for start, end in pairwise([*range(0, len(wire), step or len(wire) or 1), len(wire)]):
            events += parser.feed(wire[start:end])
        events += parser.flush()
    except GatewayError as error:
        return events, f"{error.kind}: {error.message}"
    return events, ""


def untraced(events: Batch) -> Folded:
    """What was said, without what the envelope adds."""
    folded = Folded(events)
    if folded.start is not None:
        shape = {**folded.start.opaque.shape} if folded.start.opaque else {}
        trace = shape.pop("traceId", None)
        known = "" if folded.start.id == trace else folded.start.id
        opaque = replace(folded.start.opaque, shape=shape) if folded.start.opaque else None
        folded.start = replace(folded.start, id=known, opaque=opaque)
    return folded


def start(events: Batch) -> Start:
    (found,) = [event for event in events if isinstance(event, Start)]
    return found
