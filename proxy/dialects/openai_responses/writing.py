"""An answer that is being written: its items, and the response object around them."""

from __future__ import annotations

from proxy.dialects.base import JSON, Loss
from proxy.dialects.losses import ending, explained, unique
from proxy.dialects.openai_responses import finish, keeping, usage
from proxy.dialects.openai_responses.echo import echo
from proxy.dialects.openai_responses.ids import answer_id, stem
from proxy.dialects.openai_responses.pen import Pen
from proxy.dialects.openai_responses.speech import Speech
from proxy.ir import (
    Cite,
    Close,
    Event,
    Extra,
    Finish,
    FinishReason,
    Logprobs,
    Opaque,
    Open,
    Request,
    Start,
    Usage,
)


class Writing:
    """Takes every event but text deltas of open items, which `speech.open` takes directly."""

    def __init__(self, request: Request, pen: Pen) -> None:
        self.losses: list[Loss] = []
        self.begun = False
        self._pen = pen
        self._tools = request.tools
        self._echo = echo(request)
        self._aside: JSON = {}
        self._usage: Usage | None = None
        self._finish: Finish | None = None
        self._name(Start("", request.model))

    def _name(self, start: Start) -> None:
        self._start = start
        self.speech = Speech(self._pen, stem(start), self._tools, self.losses)

    def take(self, event: Event) -> None:
        if type(event) is Start:
            self._lose(event.opaque)
            self._name(event)
            self.begin()
        elif type(event) is Usage:
            self._usage = event
        elif type(event) is Extra:
            self._lose(event.opaque)
            self._aside |= keeping.data(event.opaque)
        else:
            self.begin()
            self._say(event)

    def begin(self) -> None:
        if not self.begun:
            self.begun = True
            for kind in ("response.created", "response.in_progress"):
                self._pen.say(kind, {"response": self.response("in_progress", None)})

    def _say(self, event: Event) -> None:
        match event:
            case Open():
                self.speech.begin(event)
            case Close():
                self.speech.close(event)
            case Finish() if not event.choice:
                self._end(event)
            case Cite() if not event.choice:
                self.speech.cite(event)
            case Logprobs():
                self.speech.rate(event)

    def _end(self, event: Finish) -> None:
        self._finish = event
        self._lose(event.opaque)
        if explained(event):
            self.losses.append(Loss("finish_message"))
        self.losses += ending(event, FinishReason.PAUSED, FinishReason.OTHER)
        self.speech.end(cut=self._cut() is not None)

    def _cut(self) -> str | None:
        if self._finish is None:
            return None
        return finish.write(self._finish.reason, refused=self.speech.refused)

    def end(self) -> JSON:
        """The response object of the complete answer; its last event is written."""
        self.begin()
        if self._finish is None:
            self.speech.end(cut=False)
        why = self._cut()
        status = finish.COMPLETED if why is None else finish.INCOMPLETE
        response = self.response(status, self._usage) | self._aside
        if why is not None:
            response["incomplete_details"] = {"reason": why}
        self._pen.say(f"response.{status}", {"response": response})
        return response

    def response(self, status: str, counts: Usage | None) -> JSON:
        return {
            "id": answer_id(self._start),
            "object": "response",
            "created_at": self._start.created,
            "status": status,
            "error": None,
            "incomplete_details": None,
            "model": self._start.model,
            "output": self.speech.items,
            "usage": usage.write(counts) if counts is not None else None,
            **self._echo,
        }

    def _lose(self, opaque: Opaque | None) -> None:
        if opaque is not None and not keeping.native(opaque):
            self.losses[:] = unique([*self.losses, *map(Loss, opaque.data)])
