"""Events → Gemini's chunks. A batch of events becomes one chunk, a whole answer, too.

Text goes out as it comes; everything else is a whole part, written when it is complete. The
finish waits for the usage, because Google's clients read both from the same, last chunk.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Any

from proxy.dialects.base import JSON, Loss
from proxy.dialects.gemini import finish, logprobs, parts, usage
from proxy.dialects.gemini.fields import GEMINI, mine
from proxy.dialects.gemini.speech import Opened, Said
from proxy.dialects.losses import block_name, ending
from proxy.ir import (
    Cite,
    Close,
    Delta,
    Event,
    Extra,
    Finish,
    FinishReason,
    Foreign,
    Logprobs,
    Opaque,
    Open,
    Ping,
    Refusal,
    Signature,
    Start,
    Text,
    Thinking,
    Usage,
)
from proxy.signatures import signature_of

# Google's Python SDK refuses a whole answer for a signature that is not base64.
_BASE64 = re.compile(r"[A-Za-z0-9+/_-]*={0,2}")


class Chunks:
    """`take` events, then ask for the `chunk` they make."""

    def __init__(self) -> None:
        self.losses: list[Loss] = []
        self._known: set[Loss] = set()
        self._render = parts.Render(self.losses, asked=False)
        self._head: JSON = {}
        self._open: dict[int, Opened] = {}
        self._said: dict[int, Said] = {}
        self._spoke: set[int] = set()
        self._held: dict[int, Finish] = {}
        self._usage: Usage | None = None
        self._counted = False
        self._top: JSON = {}

    def take(self, events: Iterable[Event]) -> bool:
        """Whether a keep-alive was among them."""
        pinged = False
        for event in events:
            kind = type(event)
            if kind is Ping:
                pinged = True
            else:
                _TAKE[kind](self, event)
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

    def _candidate(self, choice: int, said: Said) -> JSON:
        body: JSON = {}
        if said.parts:
            said.settle()
            self._spoke.add(choice)
            body["content"] = {"parts": said.parts, "role": "model"}
        elif said.more.get("finishReason") in _EMPTY:
            # As Google's own last chunks: clients expect parts.
            body["content"] = {"parts": [{"text": ""}], "role": "model"}
        body["index"] = choice
        if said.tokens:
            body["logprobsResult"] = logprobs.render(said.tokens)
        if said.more:
            body.update(said.more)
        return body

    def _of(self, choice: int) -> Said:
        said = self._said.get(choice)
        if said is None:
            said = self._said[choice] = Said()
        return said

    def _delta(self, event: Delta) -> None:
        part = self._open.get(event.index)
        if part is None:
            return
        if part.flows:
            self._say(event.index, part, event.text)
        else:
            part.pieces.append(event.text)

    def _say(self, index: int, part: Opened, text: str) -> None:
        if not text:
            return
        said = self._of(part.choice)
        if said.tail == index:
            said.say(text)
        elif type(part.part) is Thinking:
            said.add({"text": text, "thought": True}, index)
        else:
            said.add({"text": text}, index)

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
        part = self._open[event.index] = Opened(event)
        opened = event.part
        if isinstance(opened, Foreign) and not mine(opened.opaque):
            self._lose(block_name(opened.opaque), f"parts[{event.index}]")
        else:
            self._lost(opened.opaque, "parts", event.index)
        if isinstance(opened, Refusal):
            self._lose("refusal", f"parts[{event.index}]")
        if part.flows and isinstance(opened, (Text, Thinking, Refusal)):
            self._say(event.index, part, opened.text)

    def _close(self, event: Close) -> None:
        part = self._open.pop(event.index, None)
        if part is None:
            return
        self._lost(event.opaque, "parts", event.index)
        given = event.signature or signature_of(part.part)
        signature = None if given is None else self._signature(given, f"parts[{event.index}]")
        if not part.flows:
            self._whole(part, signature, f"parts[{event.index}]")
        elif signature is not None:
            self._sign(event.index, part, signature)

    def _sign(self, index: int, part: Opened, signature: str) -> None:
        """A signature comes after its text: on it, or if that is gone, on an empty one."""
        said = self._of(part.choice)
        if said.tail != index:
            flag = {"thought": True} if isinstance(part.part, Thinking) else {}
            said.add({"text": "", **flag})
        said.parts[-1]["thoughtSignature"] = signature
        said.tail = -1

    def _whole(self, part: Opened, signature: str | None, where: str) -> None:
        body = self._render.part(part.told(), signature, where)
        if body is not None:
            self._of(part.choice).add(body)

    def _signature(self, given: Signature, where: str) -> str | None:
        value = given.value
        if given.origin is GEMINI and len(value) % 4 == 0 and _BASE64.fullmatch(value):
            return value
        self._lose("signature", where)
        return None

    def _count(self, event: Usage) -> None:
        self._lost(event.opaque, "usage")
        self._usage = event
        self._counted = True

    def _finish(self, event: Finish) -> None:
        self._lost(event.opaque, "finish")
        for loss in ending(event, FinishReason.PAUSED):
            self._lose(loss.field, "finish")
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
        self._of(event.choice).tokens.extend(event.tokens)

    def _extra(self, event: Extra) -> None:
        self._lost(event.opaque, "answer")
        if mine(event.opaque):
            self._top.update(event.opaque.data)

    def _lost(self, opaque: Opaque | None, where: str, index: int | None = None) -> None:
        if opaque is not None and opaque.data and opaque.origin is not GEMINI:
            place = where if index is None else f"{where}[{index}]"
            for field in opaque.data:
                self._lose(field, place)

    def _lose(self, field: str, where: str) -> None:
        loss = Loss(field, where)
        if loss not in self._known:
            self._known.add(loss)
            self.losses.append(loss)


_TAKE: dict[type[Event], Callable[[Chunks, Any], None]] = {
    Delta: Chunks._delta,
    Start: Chunks._start,
    Open: Chunks._opened,
    Close: Chunks._close,
    Usage: Chunks._count,
    Finish: Chunks._finish,
    Cite: Chunks._cite,
    Logprobs: Chunks._likely,
    Extra: Chunks._extra,
}


_EMPTY = frozenset({"STOP", "MAX_TOKENS"})
