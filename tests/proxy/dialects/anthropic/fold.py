"""Events folded into what an answer says, so that a stream and a whole answer can be compared."""

from __future__ import annotations

import json
from functools import partial
from typing import Any

from msgspec.structs import replace

from proxy.dialects.anthropic import CODEC
from proxy.ir import (
    Batch,
    Cite,
    Close,
    Delta,
    Event,
    Extra,
    Finish,
    Open,
    Part,
    Request,
    Start,
    ToolCall,
    Usage,
)
from tests.support import hearing
from tests.support.hearing import grown


class Folded:
    def __init__(self, events: Batch) -> None:
        self.start: Start | None = None
        self.parts: list[Part] = []
        self.marks: list[Any] = []
        self.usage: tuple[int | None, ...] = ()
        self.finish: Finish | None = None
        self.cites: list[Cite] = []
        self.extra: dict[str, Any] = {}
        self._open: dict[int, tuple[Part, list[str]]] = {}
        for event in events:
            self._take(event)
        assert not self._open, "a part was never closed"

    def _take(self, event: Event) -> None:
        match event:
            case Start():
                assert self.start is None
                self.start = event
            case Open():
                self._open[event.index] = (event.part, [])
            case Delta():
                self._open[event.index][1].append(event.text)
            case Close():
                part, said = self._open.pop(event.index)
                part = _grown(part, "".join(said))
                if event.signature:
                    part = replace(part, signature=event.signature)
                self.parts.append(part)
                self.marks.append(event.opaque)
            case Usage():
                self.usage = (event.input, event.output, event.cached, event.thinking)
            case Finish():
                assert self.finish is None
                self.finish = event
            case Cite():
                self.cites.append(event)
            case Extra():
                self.extra.update(event.opaque.data)

    def __eq__(self, other: object) -> bool:
        return vars(self) == vars(other)

    __hash__ = None  # type: ignore[assignment]


def _grown(part: Part, more: str) -> Part:
    told = grown(part, more)
    if isinstance(told, ToolCall) and told.arguments:
        # Spaces in streamed JSON mean nothing.
        return replace(told, arguments=_plain(told.arguments))
    return told


def _plain(text: str) -> str:
    try:
        value = json.loads(text)
    except ValueError:
        return text
    return json.dumps(value) if value != {} else ""


streamed = partial(hearing.streamed, CODEC)
outcome = partial(hearing.outcome, CODEC)


def sse(*events: Any, named: bool = True) -> bytes:
    out = b""
    for event in events:
        head = f"event: {event['type']}\n".encode() if named else b""
        out += head + b"data: " + json.dumps(event).encode() + b"\n\n"
    return out


def start(**more: Any) -> dict[str, Any]:
    usage = {"input_tokens": 3, "output_tokens": 1}
    message = {"id": "msg_1", "type": "message", "role": "assistant", "model": "c", "content": []}
    return {"type": "message_start", "message": {**message, "usage": usage, **more}}


def block(index: int, begun: dict[str, Any], *deltas: dict[str, Any]) -> list[dict[str, Any]]:
    """The events of one block."""
    at = {"index": index}
    return [
        {"type": "content_block_start", **at, "content_block": begun},
        *({"type": "content_block_delta", **at, "delta": delta} for delta in deltas),
        {"type": "content_block_stop", **at},
    ]


def text(index: int, *words: str) -> list[dict[str, Any]]:
    deltas = [{"type": "text_delta", "text": word} for word in words]
    return block(index, {"type": "text", "text": ""}, *deltas)


def end(reason: str = "end_turn", **more: Any) -> list[dict[str, Any]]:
    delta = {"stop_reason": reason, "stop_sequence": None, **more}
    usage = {"output_tokens": 7}
    return [{"type": "message_delta", "delta": delta, "usage": usage}, {"type": "message_stop"}]


def blocks(wire: bytes) -> list[Any]:
    """The content that a stream of ours adds up to, as a client would see it."""
    return list(CODEC.render_response(streamed(wire), Request(model="m", turns=())).body["content"])
