"""A streamed answer, written: Anthropic's events with their `event:` lines, which its SDKs need.

A delta of the open block is spliced between two constant pieces. The end waits for `flush`,
because only then the usage is known, and one `message_delta` says both.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec

from proxy.dialects.anthropic import errors
from proxy.dialects.anthropic.message import Message
from proxy.dialects.anthropic.speech import Speech
from proxy.dialects.base import JSON, Loss
from proxy.errors import GatewayError
from proxy.ir import Close, Delta, Event, Open, Ping, Request, Start

_encode = msgspec.json.Encoder().encode
_PING = b'event: ping\ndata: {"type": "ping"}\n\n'
_FIELDS = {"text_delta": "text", "thinking_delta": "thinking", "input_json_delta": "partial_json"}
_AFTER = b"}}\n\n"


class MessageRenderer:
    content_type = "text/event-stream; charset=utf-8"

    def __init__(self, request: Request) -> None:
        self.losses: list[Loss] = []
        self._message = Message(request.model, self.losses)
        self._speech = Speech(self.losses)
        self._begun = False
        self._flow: int | None = None
        self._before = b""

    def feed(self, events: Iterable[Event]) -> bytes:
        batch = events if isinstance(events, list) else list(events)
        out: list[bytes] = []
        started = opened = False
        for event in batch:
            if type(event) is Delta and event.index == self._flow:
                if event.text:
                    out += (self._before, _encode(event.text), _AFTER)
            else:
                started = started or type(event) is Start
                if not opened and type(event) is Open:
                    opened = True
                    self._speech.expect(batch)
                self._other(event, out)
        if started:
            self._begin(out)
        return b"".join(out)

    def flush(self) -> bytes:
        out: list[bytes] = []
        self._begin(out)
        self._write(self._speech.end(), out)
        delta, beside = self._message.end(called=self._speech.called)
        end = {"type": "message_delta", "delta": delta, "usage": self._message.usage(), **beside}
        self._write([end, {"type": "message_stop"}], out)
        return b"".join(out)

    def fail(self, error: GatewayError) -> bytes:
        return _event(errors.render(error))

    def _other(self, event: Event, out: list[bytes]) -> None:
        match event:
            case Open() | Delta() | Close():
                self._begin(out)
                self._write(self._speech.take(event), out)
                self._follow()
            case Ping():
                out.append(_PING)
            case _:
                self._message.take(event)

    def _begin(self, out: list[bytes]) -> None:
        """The head is written before the first block, or when the read that brought it ends: a
        usage that came with it is in it."""
        if self._begun:
            return
        self._begun = True
        self._speech.answer = self._message.id
        self._speech.native = self._message.native
        self._write([{"type": "message_start", "message": self._message.head()}], out)

    def _follow(self) -> None:
        flowing = self._speech.flowing
        if flowing is None:
            self._flow = None
            return
        self._flow, kind, number = flowing
        head = f'{{"type":"content_block_delta","index":{number},"delta":{{"type":"{kind}",'
        self._before = f'event: content_block_delta\ndata: {head}"{_FIELDS[kind]}":'.encode()

    def _write(self, events: Sequence[JSON], out: list[bytes]) -> None:
        out += [_event(event) for event in events]


def _event(event: JSON) -> bytes:
    return b"event: " + str(event["type"]).encode() + b"\ndata: " + _encode(event) + b"\n\n"
