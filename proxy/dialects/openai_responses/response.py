"""A whole answer: `{"object": "response", …}`, to and from events."""

from __future__ import annotations

from collections.abc import Iterable

from proxy.dialects.base import JSON, Rendered
from proxy.dialects.openai_responses import failures, finish
from proxy.dialects.openai_responses.answer import Answer
from proxy.dialects.openai_responses.pen import Pen
from proxy.dialects.openai_responses.writing import Writing
from proxy.ir import Batch, Delta, Event, Ping, Request


def parse(body: JSON) -> Batch:
    """Raises GatewayError for an error under HTTP 200, or for what is no answer (yet)."""
    if error := failures.found(body):
        raise error
    if not isinstance(body.get("output"), list):
        raise failures.broken("The upstream's answer holds no output.")
    if not finish.ended(body):
        raise failures.broken(f"The upstream has not finished its answer: {body['status']}.")
    out: Batch = []
    Answer().end(body, out)
    return out


def render(events: Iterable[Event], request: Request) -> Rendered:
    writing = Writing(request, Pen(mute=True))
    for event in events:
        if type(event) is Delta:
            writing.speech.more(event.index, event.text)
        elif type(event) is not Ping:
            writing.take(event)
    body = writing.end()
    return Rendered(body, writing.losses)
