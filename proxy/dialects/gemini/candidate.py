"""One candidate of an answer: its parts as they come → events."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from msgspec.structs import replace

from proxy import signatures
from proxy.dialects.base import JSON
from proxy.dialects.gemini import finish, grounding, logprobs, parts, usual
from proxy.dialects.gemini.fields import GEMINI
from proxy.dialects.gemini.ids import Ids
from proxy.dialects.gemini.partial import Pending, streamed
from proxy.errors import GatewayError
from proxy.ir import (
    Batch,
    Close,
    Delta,
    Finish,
    Foreign,
    Logprobs,
    Opaque,
    Open,
    Part,
    Signature,
    Text,
    Thinking,
    ToolCall,
)

_PLAIN = frozenset({"text", "thought", "thoughtSignature"})
_MODELLED = frozenset(
    {"content", "index", "finishReason", "finishMessage", "groundingMetadata", "logprobsResult"}
)
_KINDS: dict[bool, type[Text] | type[Thinking]] = {False: Text, True: Thinking}
_STREAMED = frozenset({"willContinue", "partialArgs"})
_USUAL = frozenset({"content", "index", "finishReason"})


class Candidate:
    """Consecutive unsigned texts of one kind are one part; a signed one is never merged.

    Except for the empty text that only brings a signature: that one closes the open text.
    """

    def __init__(self, choice: int, number: Callable[[], int], ids: Ids) -> None:
        self.finished = False
        self.choice = choice
        self._number = number
        self._ids = ids
        self._index: int | None = None
        self._kind: type[Text] | type[Thinking] | None = None
        self._pending: Pending | None = None
        self._said: list[str] = []
        self._calls = False
        self._grounding: JSON = {}
        self._more: JSON = {}

    def grow(self, part: usual.Part, events: Batch) -> bool:
        """Takes more of the open text, if this is it."""
        text, index = part.text, self._index
        if not text or index is None or self._kind is not _KINDS[part.thought]:
            return False
        if self._pending is not None:
            return False
        events.append(Delta(index, text))
        if not part.thought:
            self._said.append(text)
        return True

    def feed(self, wire: JSON, events: Batch) -> None:
        """The parts of one chunk; `finish` comes separately, after the chunk's usage."""
        content = wire.get("content")
        said = content.get("parts") if type(content) is dict else None
        for part in said if type(said) is list else (said,):
            if type(part) is dict:
                self._part(part, events)
        if not _USUAL.issuperset(wire):
            self._beside(wire, events)

    def finish(self, wire: JSON, events: Batch) -> None:
        """The candidate is complete. `wire` may lack the reason, if nothing more will come."""
        self._complete(events)
        self._close(events)
        self.finished = True
        if self._grounding:
            text = "".join(self._said)
            events.append(grounding.cite(self._grounding, text, self.choice))
        reason, raw = finish.parse(wire.get("finishReason", "OTHER"), calls=self._calls)
        message = wire.get("finishMessage")
        events.append(
            Finish(
                reason,
                raw if "finishReason" in wire else "",
                message if isinstance(message, str) else "",
                self.choice,
                Opaque(GEMINI, data=self._more) if self._more else None,
            )
        )

    def _beside(self, wire: JSON, events: Batch) -> None:
        probabilities = logprobs.parse(wire.get("logprobsResult"))
        if probabilities:
            events.append(Logprobs(probabilities, self.choice))
        # Full only in the last chunk; earlier ones may hold `{}`.
        metadata = wire.get("groundingMetadata")
        if isinstance(metadata, dict) and metadata:
            self._grounding = metadata
        for key in wire.keys() - _MODELLED:
            self._keep(key, wire[key])

    def _keep(self, key: str, value: Any) -> None:
        """Later chunks replace, but each brings citations of its own."""
        before = self._more.get(key)
        if key == "citationMetadata" and isinstance(before, dict) and isinstance(value, dict):
            value = {**before, **value, **_joined(before, value)}
        self._more[key] = value

    def _part(self, part: JSON, events: Batch) -> None:
        text = part.get("text")
        if type(text) is str and (len(part) == 1 or part.keys() <= _PLAIN):
            if self._pending is not None:
                self._complete(events)
            self._text(text, part, events)
            return
        call = part.get("functionCall")
        if isinstance(call, dict):
            self._call(call, part, events)
        else:
            self._complete(events)
            self._whole(part, events)

    def _call(self, call: JSON, part: JSON, events: Batch) -> None:
        """A whole call, or a piece of one: the first piece has the name, the last does not say
        that it will continue, and may be missing altogether."""
        if not call.get("name"):
            if self._pending is None:
                if call.keys() - _STREAMED:
                    self._whole(part, events)
                return
            self._pending.add(call.get("partialArgs"))
        else:
            self._complete(events)
            if not streamed(call):
                self._whole(part, events)
                return
            self._pending = Pending(call, part.get("thoughtSignature"))
            self._pending.add(call.get("partialArgs"))
        if not call.get("willContinue"):
            self._complete(events)

    def _text(self, text: str, part: JSON, events: Batch) -> None:
        kind: type[Text] | type[Thinking] = Text
        signature = None
        if len(part) > 1:
            kind = Thinking if part.get("thought") is True else Text
            signature = _signature(part.get("thoughtSignature"))
        if not text:
            if signature is not None:
                if self._kind is not kind:
                    self._open(kind, events)
                self._close(events, signature)
            return
        if self._kind is not kind or signature is not None:
            self._open(kind, events)
        events.append(Delta(self._index or 0, text))
        if kind is Text:
            self._said.append(text)
        if signature is not None:
            self._close(events, signature)

    def _open(self, kind: type[Text] | type[Thinking], events: Batch) -> None:
        self._close(events)
        self._kind, self._index = kind, self._number()
        events.append(Open(self._index, kind(""), self.choice))

    def _close(self, events: Batch, signature: Signature | None = None) -> None:
        if self._index is not None:
            events.append(Close(self._index, signature))
            self._kind = self._index = None

    def _whole(self, wire: JSON, events: Batch) -> None:
        self._close(events)
        part = _read(wire, self._ids)
        if isinstance(part, Text):
            self._said.append(part.text)
        self._calls = self._calls or isinstance(part, ToolCall)
        signature = signatures.signature_of(part)
        if signature is not None:
            part = replace(part, signature=None)
        index = self._number()
        events.append(Open(index, part, self.choice))
        events.append(Close(index, signature))

    def _complete(self, events: Batch) -> None:
        if self._pending is not None:
            part, self._pending = self._pending.part(), None
            self._whole(part, events)


def _read(wire: JSON, ids: Ids) -> Part:
    try:
        return parts.parse(wire, "part", ids)
    except GatewayError:
        # Not a part as documented: kept as it is, for clients who may know it.
        return Foreign(Opaque(GEMINI, data=wire))


def _signature(value: Any) -> Signature | None:
    if not isinstance(value, str) or not value:
        return None
    return Signature(GEMINI, signatures.standard(value))


def _joined(before: JSON, value: JSON) -> JSON:
    return {
        key: before[key] + more
        for key, more in value.items()
        if isinstance(more, list) and isinstance(before.get(key), list)
    }
