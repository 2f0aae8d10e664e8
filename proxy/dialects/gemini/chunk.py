"""Events → Gemini's chunks. A batch of events becomes one chunk, a whole answer, too.

Text goes out as it comes; everything else is a whole part, written when it is complete. The
finish waits for the usage, because Google's clients read both from the same, last chunk.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Any

from msgspec.structs import replace

from proxy.dialects.base import JSON, Loss
from proxy.dialects.gemini import finish, logprobs, parts, usage
from proxy.dialects.gemini.fields import mine
from proxy.ir import (
    Cite,
    Close,
    Code,
    CodeResult,
    Delta,
    Dialect,
    Event,
    Extra,
    Finish,
    Logprobs,
    Opaque,
    Open,
    Part,
    Ping,
    Refusal,
    Signature,
    Start,
    Text,
    Thinking,
    ToolCall,
    Usage,
)

# Google's Python SDK refuses a whole answer for a signature that is not base64.
_BASE64 = re.compile(r"[A-Za-z0-9+/_-]*={0,2}")


class _Said:
    """What one candidate says in one chunk; `tail` is the part that its last text belongs to."""

    __slots__ = ("more", "parts", "tail")

    def __init__(self) -> None:
        self.parts: list[JSON] = []
        self.tail = -1
        self.more: JSON = {}


class _Part:
    """An open part. `flows`: its text is written as it comes."""

    __slots__ = ("choice", "flows", "part", "pieces")

    def __init__(self, opened: Open) -> None:
        part = opened.part
        own = mine(getattr(part, "opaque", None))
        self.part: Part = part
        self.choice = opened.choice
        self.flows = isinstance(part, Text | Thinking | Refusal) and not (own and own.data)
        self.pieces: list[str] = []


class Chunks:
    """`take` events, then ask for the `chunk` they make."""

    def __init__(self) -> None:
        self.losses: list[Loss] = []
        self._render = parts.Render(self.losses, asked=False)
        self._head: JSON = {}
        self._open: dict[int, _Part] = {}
        self._said: dict[int, _Said] = {}
        self._spoke: set[int] = set()
        self._held: dict[int, Finish] = {}
        self._usage: Usage | None = None
        self._counted = False
        self._top: JSON = {}
        self._on: dict[type[Event], Callable[[Any], None]] = {
            Delta: self._delta,
            Start: self._start,
            Open: self._opened,
            Close: self._close,
            Usage: self._count,
            Finish: self._finish,
            Cite: self._cite,
            Logprobs: self._likely,
            Extra: self._extra,
        }

    def take(self, events: Iterable[Event]) -> bool:
        """Whether a keep-alive was among them."""
        pinged = False
        for event in events:
            kind = type(event)
            if kind is Ping:
                pinged = True
            else:
                self._on[kind](event)
        return pinged

    def chunk(self, *, last: bool = False) -> JSON | None:
        """What has been taken since the last chunk, None if that says nothing yet."""
        if self._held and (last or self._usage is not None):
            self._release()
        if not (self._said or self._top or (last and self._counted)):
            return None
        body: JSON = {}
        if self._said:
            body["candidates"] = [self._candidate(*said) for said in self._said.items()]
            self._said = {}
        if self._top:
            body.update(self._top)
            self._top = {}
        if self._counted and self._usage is not None:
            body["usageMetadata"] = usage.render(self._usage)
            self._counted = False
        body.update(self._head)
        return body

    def _candidate(self, choice: int, said: _Said) -> JSON:
        body: JSON = {}
        if said.parts:
            self._spoke.add(choice)
            body["content"] = {"parts": said.parts, "role": "model"}
        elif said.more.get("finishReason") in _EMPTY:
            # As Google's own last chunks: clients expect parts.
            body["content"] = {"parts": [{"text": ""}], "role": "model"}
        body["index"] = choice
        if said.more:
            body.update(said.more)
        return body

    def _of(self, choice: int) -> _Said:
        said = self._said.get(choice)
        if said is None:
            said = self._said[choice] = _Said()
        return said

    def _delta(self, event: Delta) -> None:
        part = self._open.get(event.index)
        if part is None:
            return
        if part.flows:
            self._say(event.index, part, event.text)
        else:
            part.pieces.append(event.text)

    def _say(self, index: int, part: _Part, text: str) -> None:
        if not text:
            return
        said = self._of(part.choice)
        if said.tail == index:
            said.parts[-1]["text"] += text
            return
        said.tail = index
        if isinstance(part.part, Thinking):
            said.parts.append({"text": text, "thought": True})
        else:
            said.parts.append({"text": text})

    def _start(self, event: Start) -> None:
        self._lost(event.opaque, "start")
        head: JSON = {"modelVersion": event.model} if event.model else {}
        own = mine(event.opaque)
        if own and own.shape.get("createTime"):
            head["createTime"] = own.shape["createTime"]
        if event.id:
            head["responseId"] = event.id
        self._head = head

    def _opened(self, event: Open) -> None:
        part = self._open[event.index] = _Part(event)
        where = f"parts[{event.index}]"
        self._lost(getattr(event.part, "opaque", None), where)
        if isinstance(event.part, Refusal):
            self._lose("refusal", where)
        if isinstance(event.part, Text | Thinking | Refusal) and part.flows:
            self._say(event.index, part, event.part.text)

    def _close(self, event: Close) -> None:
        part = self._open.pop(event.index, None)
        if part is None:
            return
        where = f"parts[{event.index}]"
        self._lost(event.opaque, where)
        given = event.signature or getattr(part.part, "signature", None)
        signature = self._signature(given, where)
        if not part.flows:
            self._whole(part, signature, where)
        elif signature is not None:
            self._sign(event.index, part, signature)

    def _sign(self, index: int, part: _Part, signature: str) -> None:
        """A signature comes after its text: on it, or if that is gone, on an empty one."""
        said = self._of(part.choice)
        if said.tail != index:
            flag = {"thought": True} if isinstance(part.part, Thinking) else {}
            said.parts.append({"text": "", **flag})
        said.parts[-1]["thoughtSignature"] = signature
        said.tail = -1

    def _whole(self, part: _Part, signature: str | None, where: str) -> None:
        body = self._render.part(_told(part), signature, where)
        if body is not None:
            said = self._of(part.choice)
            said.parts.append(body)
            said.tail = -1

    def _signature(self, given: Signature | None, where: str) -> str | None:
        if given is None:
            return None
        value = given.value
        if given.origin is Dialect.GEMINI and len(value) % 4 == 0 and _BASE64.fullmatch(value):
            return value
        self._lose("signature", where)
        return None

    def _count(self, event: Usage) -> None:
        self._lost(event.opaque, "usage")
        self._usage = event
        self._counted = True

    def _finish(self, event: Finish) -> None:
        self._lost(event.opaque, "finish")
        self._held[event.choice] = event

    def _release(self) -> None:
        for choice, event in self._held.items():
            own = mine(event.opaque)
            more = dict(own.data) if own else {}
            feedback = more.pop("promptFeedback", None)
            if feedback is not None and choice not in self._spoke and choice not in self._said:
                self._top["promptFeedback"] = feedback
                continue
            more["finishReason"] = finish.render(event.reason, event.raw)
            if event.message:
                more["finishMessage"] = event.message
            self._of(choice).more.update(more)
        self._held = {}
        self._counted = self._usage is not None

    def _cite(self, event: Cite) -> None:
        own = mine(event.opaque)
        if own:
            self._of(event.choice).more.update(own.data)
        else:
            self._lose("citations", f"candidates[{event.choice}]")

    def _likely(self, event: Logprobs) -> None:
        more = self._of(event.choice).more
        more["logprobsResult"] = logprobs.joined(more.get("logprobsResult"), event.tokens)

    def _extra(self, event: Extra) -> None:
        self._lost(event.opaque, "answer")
        if mine(event.opaque):
            self._top.update(event.opaque.data)

    def _lost(self, opaque: Opaque | None, where: str) -> None:
        if opaque is not None and opaque.origin is not Dialect.GEMINI:
            for field in opaque.data:
                self._lose(field, where)

    def _lose(self, field: str, where: str) -> None:
        loss = Loss(field, where)
        if loss not in self.losses:
            self.losses.append(loss)


_EMPTY = frozenset({"STOP", "MAX_TOKENS"})


def _told(part: _Part) -> Part:
    """The part with everything that its deltas brought."""
    more = "".join(part.pieces)
    match part.part:
        case _ if not more:
            return part.part
        case Text(text=text) | Thinking(text=text):
            return replace(part.part, text=text + more)
        case ToolCall(arguments=text):
            return replace(part.part, arguments=text + more)
        case Code(code=text):
            return replace(part.part, code=text + more)
        case CodeResult(output=text):
            return replace(part.part, output=text + more)
        case other:
            return other
