"""A streamed answer, written: `response.created` to `response.completed`, never `[DONE]`."""

from __future__ import annotations

from collections.abc import Iterable

from proxy.dialects import openai_words
from proxy.dialects.base import Loss
from proxy.dialects.openai_responses import errors
from proxy.dialects.openai_responses.pen import Pen
from proxy.dialects.openai_responses.writing import Writing
from proxy.errors import GatewayError
from proxy.ir import Delta, Event, Ping, Request

# A comment takes no sequence number, so it may stand anywhere, also among an upstream's own events.
# Codex and the official clients skip it.
_PING = b": ping\n\n"


class ResponsesRenderer:
    content_type = "text/event-stream"

    def __init__(self, request: Request) -> None:
        self._pen = Pen()
        self._writing = Writing(request, self._pen)
        self._ended = False
        self.losses: list[Loss] = self._writing.losses

    def feed(self, events: Iterable[Event]) -> bytes:
        writing, ping = self._writing, b""
        for event in events:
            if type(event) is Delta:
                draft = writing.speech.open.get(event.index)
                if draft is not None:
                    draft.more(event.text)
                else:
                    writing.speech.more(event.index, event.text)
            elif type(event) is Ping:
                ping = _PING
            else:
                writing.take(event)
        return self._pen.take() + ping

    def flush(self) -> bytes:
        if not self._ended:
            self._ended = True
            self._writing.end()
        return self._pen.take()

    def fail(self, error: GatewayError) -> bytes:
        """What was open stays so: an item that is not done is no item."""
        self._ended = True
        self._pen.say("error", openai_words.render(error))
        response = self._writing.response("failed", None)
        response["error"] = errors.failed(error)
        self._pen.say("response.failed", {"response": response})
        return self._pen.take()
