"""Gemini's bodies in envelopes, and what a Code Assist stream says."""

from __future__ import annotations

import json
from typing import Any

from msgspec.structs import replace

from proxy.dialects.code_assist import CODEC
from proxy.ir import Batch, Start
from tests.proxy.dialects.gemini.fold import Folded
from tests.support import hearing

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
    return hearing.streamed(CODEC, wire, _cuts(wire, step))


def outcome(wire: bytes, step: int = 0) -> tuple[Batch, str]:
    return hearing.outcome(CODEC, wire, _cuts(wire, step))


def _cuts(wire: bytes, step: int) -> range:
    return range(step, len(wire), step) if step else range(0)


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
