"""An answer of the Messages API, read into events: whole, or event by event."""

from __future__ import annotations

from itertools import count
from typing import Any

from proxy.dialects.anthropic import errors, finish, usage
from proxy.dialects.anthropic.fields import ORIGIN
from proxy.dialects.anthropic.pieces import Block, Reach, begun
from proxy.dialects.base import JSON
from proxy.ir import Batch, Extra, Finish, Opaque, Start, ToolCall, Usage
from proxy.ir import Open as Opened

_HEAD = frozenset({"id", "type", "role", "model", "content", "usage"})
_END = frozenset({"stop_reason", "stop_sequence", "stop_details"})
_KNOWN = _HEAD | _END


class Answer:
    """Reads the events of one answer in order. After `done` the rest is no news."""

    def __init__(self) -> None:
        self.begun = False
        self.done = False
        self._numbers = count()
        self._reach = Reach()
        self._open: dict[int, Block] = {}
        self._called = False
        self._usage: JSON = {}
        self._end: JSON = {}
        self._extra: JSON = {}

    def read(self, event: JSON) -> Batch:
        """Raises GatewayError when the event reports an error. Unknown events say nothing."""
        kind = event.get("type")
        if kind == "content_block_delta":
            index, delta = event.get("index"), event.get("delta")
            block = self._open.get(index) if type(index) is int else None
            out: Batch = []
            if block is not None and type(delta) is dict:
                block.more(delta, out)
            return out
        return [] if self.done else self._other(kind, event)

    def whole(self, body: JSON) -> Batch:
        """Raises GatewayError for an error under HTTP 200, or for what is no answer."""
        if error := errors.reported(body):
            raise error
        content = body.get("content")
        if not isinstance(content, list):
            raise errors.broken("The upstream's answer holds no content.")
        out: Batch = []
        self._head(body, out)
        for number, wire in enumerate(content):
            if isinstance(wire, dict):
                self._block(number, wire, out)
                self._stop(number, out)
        self._note(body)
        self._finish(out)
        return out

    def _other(self, kind: Any, event: JSON) -> Batch:
        out: Batch = []
        match kind:
            case "message_start":
                message = event.get("message")
                if not self.begun:
                    self._head(message if isinstance(message, dict) else {}, out)
            case "content_block_start":
                wire = event.get("content_block")
                self._block(_number(event), wire if isinstance(wire, dict) else {}, out)
            case "content_block_stop":
                self._stop(_number(event), out)
            case "message_delta":
                self._delta(event, out)
            case "message_stop":
                self._finish(out)
            case "error":
                raise errors.named(event)
            case None if "error" in event:
                raise errors.named(event)
        return out

    def _head(self, message: JSON, out: Batch) -> None:
        self.begun = True
        id, model = message.get("id"), message.get("model")
        out.append(
            Start(
                id if isinstance(id, str) else "",
                model if isinstance(model, str) else "",
                opaque=Opaque(ORIGIN),
            )
        )
        self._count(message.get("usage"), out)
        self._keep(message)

    def _block(self, number: int, wire: JSON, out: Batch) -> None:
        if not self.begun:
            self._head({}, out)
        self._stop(number, out)
        before = len(out)
        self._open[number] = begun(wire, next(self._numbers), self._reach, out)
        opened = out[before] if len(out) > before else None
        if isinstance(opened, Opened) and isinstance(opened.part, ToolCall):
            self._called = True

    def _stop(self, number: int, out: Batch) -> None:
        block = self._open.pop(number, None)
        if block is not None:
            block.stop(out)

    def _delta(self, event: JSON, out: Batch) -> None:
        """`usage` here replaces what `message_start` said, as far as it says it."""
        self._count(event.get("usage"), out)
        delta = event.get("delta")
        if isinstance(delta, dict):
            self._note(delta)
            self._keep(delta)
        self._keep({k: v for k, v in event.items() if k not in ("type", "delta", "usage")})

    def _note(self, source: JSON) -> None:
        self._end |= {key: source[key] for key in _END if source.get(key) is not None}

    def _keep(self, source: JSON) -> None:
        """Fields of the whole answer: its container, the edits of its context."""
        self._extra |= {k: v for k, v in source.items() if k not in _KNOWN and _says(v)}

    def _count(self, wire: Any, out: Batch) -> None:
        if isinstance(wire, dict) and wire:
            self._usage = {**self._usage, **{k: v for k, v in wire.items() if v is not None}}
            read: Usage = usage.read(self._usage)
            out.append(read)

    def _finish(self, out: Batch) -> None:
        if not self.begun:
            raise errors.broken("The upstream ended its stream without an answer.")
        for number in list(self._open):
            self._stop(number, out)
        if self._extra:
            out.append(Extra(Opaque(ORIGIN, self._extra)))
        end, self.done = self._end, True
        raw = end.get("stop_reason")
        raw = raw if isinstance(raw, str) else ""
        details = end.get("stop_details")
        told = details.get("explanation") if isinstance(details, dict) else None
        data = {key: value for key, value in end.items() if key != "stop_reason"}
        reason = finish.read(raw, called=self._called)
        message = told if isinstance(told, str) else ""
        out.append(Finish(reason, raw, message, opaque=Opaque(ORIGIN, data) if data else None))


def _number(event: JSON) -> int:
    index = event.get("index")
    return index if type(index) is int else 0


def _says(value: Any) -> bool:
    """`{"applied_edits": []}` is how "nothing was edited" is written."""
    if isinstance(value, dict):
        return any(each is not None and each != [] for each in value.values())
    return value is not None and value != []
