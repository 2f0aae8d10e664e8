"""A streamed answer, written: `chat.completion.chunk` events and `[DONE]`.

The head of a chunk is the same all along, so a delta of text is spliced between two constant
pieces. Shapes as in `response.py`; `usage` comes in a chunk of its own, if it was asked for.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import msgspec

from proxy.dialects import openai_words
from proxy.dialects.base import JSON, Loss
from proxy.dialects.losses import unique
from proxy.dialects.openai_chat import keeping, sources, usage
from proxy.dialects.openai_chat.naming import answer_id
from proxy.dialects.openai_chat.talk import Talk
from proxy.dialects.openai_chat.tools import legacy
from proxy.errors import GatewayError
from proxy.ir import (
    Cite,
    Close,
    Delta,
    Event,
    Extra,
    Finish,
    Logprobs,
    Opaque,
    Open,
    Ping,
    Request,
    Start,
    Usage,
)
from proxy.sse import event as sse

_encode = msgspec.json.Encoder().encode
_PING = b": ping\n\n"
_DONE = b"data: [DONE]\n\n"


class ChatRenderer:
    content_type = "text/event-stream"

    def __init__(self, request: Request) -> None:
        self.losses: list[Loss] = []
        self._legacy = legacy(request.tools)
        self._usage_wanted = request.usage_wanted
        self._usage: Usage | None = None
        self._talks: dict[int, Talk] = {}
        self._parts: dict[int, Talk] = {}
        self._splices: dict[int, tuple[bytes, Talk | None]] = {}
        self._begin(Start("", request.model))

    def _begin(self, start: Start) -> None:
        self._name = answer_id(start)
        head: JSON = {
            "id": self._name,
            "object": "chat.completion.chunk",
            "created": start.created,
            "model": start.model,
        }
        head = keeping.restore(head, start.opaque)
        # Without the closing brace: the choices follow.
        self._head = b"data: " + _encode(head)[:-1]
        ending = b',"usage":null}\n\n' if self._usage_wanted else b"}\n\n"
        self._tail = b"]" + ending
        self._after = b'},"logprobs":null,"finish_reason":null}' + self._tail

    def feed(self, events: Iterable[Event]) -> bytes:
        out: list[bytes] = []
        for event in events:
            if type(event) is Delta and event.index in self._splices:
                before, talk = self._splices[event.index]
                if talk is not None:
                    talk.shown.said(len(event.text))
                out += (before, _encode(event.text), self._after)
            else:
                self._other(event, out)
        return b"".join(out)

    def flush(self) -> bytes:
        last = b""
        if self._usage_wanted and self._usage is not None:
            last = self._head + b',"choices":[],"usage":' + _encode(usage.write(self._usage))
            last += b"}\n\n"
        return last + _DONE

    def fail(self, error: GatewayError) -> bytes:
        return sse(_encode(openai_words.render(error))) + _DONE

    def _other(self, event: Event, out: list[bytes]) -> None:
        match event:
            case Open():
                self._open(event, out)
            case Delta():
                self._deltas(self._parts[event.index], event, out)
            case Close():
                self._close(event, out)
            case Ping():
                out.append(_PING)
            case Start():
                self._lose(event.opaque)
                self._begin(event)
            case Usage():
                self._usage = event
            case Extra():
                self._extra(event, out)
            case Logprobs() | Cite() | Finish():
                self._about(event, out)

    def _talk(self, choice: int, out: list[bytes], *, silent: bool = False) -> Talk:
        """The candidate; its first mention says the role. `silent`: no text begins it."""
        talk = self._talks.get(choice)
        if talk is None:
            talk = Talk(choice, self._name, self.losses, legacy=self._legacy)
            self._talks[choice] = talk
            first = {"role": "assistant", "content": None if silent else "", "refusal": None}
            out.append(self._chunk(talk, first))
        return talk

    def _open(self, event: Open, out: list[bytes]) -> None:
        talk = self._talk(event.choice, out, silent=Talk.silent(event.part))
        self._parts[event.index] = talk
        out += [self._chunk(talk, delta) for delta in talk.open(event)]
        field = Talk.field(event.part)
        if field:
            before = self._before(talk) + b'{"' + field.encode() + b'":'
            self._splices[event.index] = (before, talk if field == "content" else None)

    def _deltas(self, talk: Talk, event: Delta, out: list[bytes]) -> None:
        out += [self._chunk(talk, delta) for delta in talk.more(event)]

    def _close(self, event: Close, out: list[bytes]) -> None:
        self._splices.pop(event.index, None)
        talk = self._parts[event.index]
        out += [self._chunk(talk, delta) for delta in talk.close(event)]

    def _about(self, event: Logprobs | Cite | Finish, out: list[bytes]) -> None:
        talk = self._talk(event.choice, out)
        match event:
            case Logprobs():
                out.append(self._chunk(talk, {}, logprobs=sources.written(event.tokens)))
            case Cite():
                self._lose(event.opaque)
                if notes := sources.noted(event, talk.shown):
                    out.append(self._chunk(talk, {"annotations": notes}))
            case Finish():
                choice = talk.finish(event)
                out.append(self._wrap(choice))

    def _extra(self, event: Extra, out: list[bytes]) -> None:
        self._lose(event.opaque)
        if keeping.native(event.opaque) and event.opaque.data:
            body = _encode({"choices": [], **event.opaque.data})
            out.append(self._head + b"," + body[1:] + b"\n\n")

    def _lose(self, opaque: Opaque | None) -> None:
        if opaque is not None and not keeping.native(opaque):
            self.losses[:] = unique([*self.losses, *map(Loss, opaque.data)])

    def _before(self, talk: Talk) -> bytes:
        return self._head + b',"choices":[{"index":' + str(talk.choice).encode() + b',"delta":'

    def _chunk(self, talk: Talk, delta: JSON, *, logprobs: Any = None) -> bytes:
        return self._wrap(
            {"index": talk.choice, "delta": delta, "logprobs": logprobs, "finish_reason": None}
        )

    def _wrap(self, choice: JSON) -> bytes:
        return self._head + b',"choices":[' + _encode(choice) + self._tail
