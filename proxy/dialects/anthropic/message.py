"""The frame of an answer: its head, its end, and what it costs."""

from __future__ import annotations

from proxy.dialects.anthropic import finish, usage
from proxy.dialects.anthropic.fields import ORIGIN, mine
from proxy.dialects.base import JSON, Loss
from proxy.dialects.losses import ending, explained
from proxy.ir import (
    Cite,
    Event,
    Extra,
    Finish,
    FinishReason,
    Logprobs,
    Opaque,
    Start,
    Usage,
)

_PREFIX = "msg_"
_BLOCKED = (FinishReason.FILTERED, FinishReason.REFUSED)

# Of the fields that Anthropic says at the end, these are inside `delta`.
_INSIDE = frozenset({"container"})


class Message:
    """Takes the events that are about the whole answer."""

    def __init__(self, model: str, losses: list[Loss]) -> None:
        self._start = Start("", model)
        self._losses = losses
        self._usage: Usage | None = None
        self._finish: Finish | None = None
        self._extra: JSON = {}

    @property
    def native(self) -> bool:
        return mine(self._start.opaque) is not None

    @property
    def id(self) -> str:
        """Anthropic's ids begin with `msg_`."""
        id = self._start.id
        return id if self.native or id.startswith(_PREFIX) else _PREFIX + id

    def take(self, event: Event) -> None:
        match event:
            case Start():
                self._lost(event.opaque)
                self._start = event
            case Usage():
                self._lost(event.opaque)
                self._usage = event
            case Finish() if not event.choice:
                self._lost(event.opaque)
                self._finish = event
                for loss in () if self.native else ending(event, FinishReason.OTHER):
                    self._lose(loss.field)
            case Extra() if mine(event.opaque):
                self._extra.update(event.opaque.data)
            case Extra():
                self._lost(event.opaque)
            case Cite() if not mine(event.opaque):
                # Anthropic's citations quote what only it has seen.
                self._lose("citations")
            case Logprobs():
                self._lose("logprobs")

    def head(self) -> JSON:
        """The message as `message_start` has it."""
        return {
            "model": self._start.model,
            "id": self.id,
            "type": "message",
            "role": "assistant",
            "content": [],
            "stop_reason": None,
            "stop_sequence": None,
            "usage": self.usage(),
        }

    def usage(self) -> JSON:
        return usage.write(self._usage)

    def end(self, *, called: bool) -> tuple[JSON, JSON]:
        """The `delta` of `message_delta`, and what stands beside it."""
        told = self._finish or Finish(FinishReason.STOP)
        reason = finish.write(told.reason, told.raw, called=called, native=self.native)
        delta: JSON = {"stop_reason": reason, "stop_sequence": None}
        own = mine(told.opaque)
        if own is not None:
            delta |= own.data
        elif told.message and told.reason in _BLOCKED:
            delta["stop_details"] = {
                "type": "refusal",
                "category": None,
                "explanation": told.message,
            }
        elif explained(told):
            self._lose("finish_message")
        delta |= {k: v for k, v in self._extra.items() if k in _INSIDE}
        return delta, {k: v for k, v in self._extra.items() if k not in _INSIDE}

    def _lost(self, opaque: Opaque | None) -> None:
        if opaque is not None and opaque.origin is not ORIGIN:
            for field in opaque.data:
                self._lose(field)

    def _lose(self, field: str) -> None:
        if (loss := Loss(field)) not in self._losses:
            self._losses.append(loss)
