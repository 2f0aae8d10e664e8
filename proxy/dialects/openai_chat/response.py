"""A whole answer: `{"object": "chat.completion", …}`, to and from events.

What Chat has no place for is shown as well as it goes: code that the upstream ran as fenced
blocks in `content` (`dialects/fences.py`), pictures in `message.images[]` as OpenRouter does,
thoughts in `reasoning_content`. The rest is named in the losses.
"""

from __future__ import annotations

from collections.abc import Iterable

from proxy.dialects.base import JSON, Loss, Rendered
from proxy.dialects.losses import unique
from proxy.dialects.openai_chat import failures, keeping, usage
from proxy.dialects.openai_chat.answer import Answer
from proxy.dialects.openai_chat.message import Message, Told
from proxy.dialects.openai_chat.naming import answer_id
from proxy.dialects.openai_chat.tools import legacy
from proxy.ir import (
    Batch,
    Cite,
    Close,
    Delta,
    Event,
    Extra,
    Finish,
    Logprobs,
    Opaque,
    Open,
    Request,
    Start,
    Usage,
)


def parse(body: JSON) -> Batch:
    """Raises GatewayError for an error under HTTP 200, or for what is no answer."""
    answer = Answer(whole=True)
    out: Batch = []
    answer.read(body, out)
    if not answer.chosen:
        raise failures.broken("The upstream's answer holds no choices.")
    return out + answer.end()


def render(events: Iterable[Event], request: Request) -> Rendered:
    whole = _Whole(request)
    for event in events:
        whole.add(event)
    return Rendered(whole.body(), unique(whole.losses))


class _Whole:
    def __init__(self, request: Request) -> None:
        self.losses: list[Loss] = []
        self._legacy = legacy(request.tools)
        self._start = Start("", request.model)
        self._name = answer_id(self._start)
        self._messages: dict[int, Message] = {}
        self._parts: dict[int, Told] = {}
        self._usage: Usage | None = None
        self._extras: JSON = {}

    def add(self, event: Event) -> None:
        # `match` takes six times as long for each class that it is not.
        if type(event) is Delta:
            self._parts[event.index].more.append(event.text)
        elif type(event) is Open:
            self._parts[event.index] = self._message(event.choice).open(event)
        elif type(event) is Close:
            told = self._parts[event.index]
            told.signature = event.signature
            if event.opaque is not None:
                told.opaque = event.opaque
                self._lose(event.opaque)
        else:
            self._about(event)

    def _about(self, event: Event) -> None:
        if type(event) is Start:
            self._start, self._name = event, answer_id(event)
        elif type(event) is Usage:
            self._usage = event
        elif type(event) is Finish:
            self._message(event.choice).finish(event)
        else:
            self._aside(event)

    def _aside(self, event: Event) -> None:
        match event:
            case Logprobs():
                self._message(event.choice).logprobs += event.tokens
            case Cite():
                self._message(event.choice).cite(event)
            case Extra() if keeping.native(event.opaque):
                self._extras.update(event.opaque.data)
            case Extra():
                self._lose(event.opaque)

    def _lose(self, opaque: Opaque) -> None:
        if not keeping.native(opaque):
            self.losses += [Loss(field) for field in opaque.data]

    def _message(self, choice: int) -> Message:
        message = self._messages.get(choice)
        if message is None:
            message = self._messages[choice] = Message(
                choice, self._name, self.losses, legacy=self._legacy
            )
        return message

    def body(self) -> JSON:
        start = self._start
        out: JSON = {
            "id": self._name,
            "object": "chat.completion",
            "created": start.created,
            "model": start.model,
            "choices": [self._messages[choice].body() for choice in sorted(self._messages)],
        }
        if self._usage is not None:
            out["usage"] = usage.write(self._usage)
        return keeping.restore(out, start.opaque) | self._extras
