"""An answer, written: `{"object": "text_completion", …}`, whole or in the chunks of a stream."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from proxy.dialects import openai_words
from proxy.dialects.base import JSON, Loss, Rendered
from proxy.dialects.openai_chat import usage
from proxy.dialects.openai_completions import keeping, logprobs
from proxy.dialects.openai_completions.telling import Telling, Told
from proxy.errors import GatewayError
from proxy.ir import Event, Extra, Opaque, Ping, Request, Start, TokenLogprob, Usage
from proxy.sse import event as sse

_encode = msgspec.json.Encoder().encode
_PING = b": ping\n\n"
_DONE = b"data: [DONE]\n\n"
_PREFIX = "cmpl-"


def head(start: Start) -> JSON:
    name = start.id or str(start.created)
    out: JSON = {
        "id": name if name.startswith(_PREFIX) else _PREFIX + name,
        "object": "text_completion",
        "created": start.created,
        "model": start.model,
    }
    return keeping.restore(out, start.opaque)


class _Choice:
    def __init__(self) -> None:
        self.texts: list[str] = []
        self.rated: list[TokenLogprob] = []
        self.finish: str | None = None
        self.opaque: Opaque | None = None

    def add(self, told: Told) -> None:
        self.texts.append(told.text)
        self.rated += told.rated
        if told.finish:
            self.finish, self.opaque = told.finish, told.opaque

    def body(self, index: int) -> JSON:
        text = "".join(self.texts)
        # The prompt, where it is repeated, stands before what is rated.
        unrated = max(len(text) - sum(len(each.token) for each in self.rated), 0)
        rated = logprobs.write(self.rated, unrated) if self.rated else None
        out: JSON = {"text": text, "index": index, "logprobs": rated, "finish_reason": self.finish}
        return keeping.restore(out, self.opaque)


def whole(events: Iterable[Event], request: Request) -> Rendered:
    telling = Telling(request)
    started, counts = Start("", request.model), None
    choices: dict[int, _Choice] = {}
    extras: JSON = {}
    for event in events:
        if isinstance(event, Start):
            started = event
        elif isinstance(event, Usage):
            counts = event
        elif isinstance(event, Extra) and keeping.native(event.opaque):
            extras |= event.opaque.data
        for told in telling.take(event):
            choices.setdefault(told.choice, _Choice()).add(told)
    body = head(started)
    body["choices"] = [choices[index].body(index) for index in sorted(choices)]
    if counts is not None:
        body["usage"] = usage.write(counts)
    return Rendered(body | extras, telling.losses)


class CompletionsRenderer:
    content_type = "text/event-stream"

    def __init__(self, request: Request) -> None:
        self._telling = Telling(request)
        self.losses: list[Loss] = self._telling.losses
        self._usage_wanted = request.usage_wanted
        self._usage: Usage | None = None
        self._said: dict[int, int] = {}
        self._head = head(Start("", request.model))

    def feed(self, events: Iterable[Event]) -> bytes:
        out: list[bytes] = []
        for event in events:
            if isinstance(event, Ping):
                out.append(_PING)
            elif isinstance(event, Start):
                self._head = head(event)
            elif isinstance(event, Usage):
                self._usage = event
            elif isinstance(event, Extra) and keeping.native(event.opaque):
                out.append(self._chunk([], **event.opaque.data))
            out += [self._write(told) for told in self._telling.take(event)]
        return b"".join(out)

    def flush(self) -> bytes:
        if not self._usage_wanted or self._usage is None:
            return _DONE
        return self._chunk([], usage=usage.write(self._usage)) + _DONE

    def fail(self, error: GatewayError) -> bytes:
        return sse(_encode(openai_words.render(error))) + _DONE

    def _write(self, told: Told) -> bytes:
        offset = self._said.get(told.choice, 0)
        self._said[told.choice] = offset + len(told.text)
        # Probabilities come after the text that they are of.
        rated = max(offset - sum(len(each.token) for each in told.rated), 0)
        choice: JSON = {
            "text": told.text,
            "index": told.choice,
            "logprobs": logprobs.write(told.rated, rated) if told.rated else None,
            "finish_reason": told.finish or None,
        }
        return self._chunk([keeping.restore(choice, told.opaque)])

    def _chunk(self, choices: list[JSON], **more: object) -> bytes:
        unsaid = {"usage": None} if self._usage_wanted else {}
        return sse(_encode({**self._head, "choices": choices, **unsaid, **more}))
