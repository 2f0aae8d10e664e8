"""A whole answer: `{"type": "message", …}`, to and from events.

It is written as the stream of the same events would add up, so both give the same answer.
"""

from __future__ import annotations

from collections.abc import Iterable

from proxy.dialects import jsontext
from proxy.dialects.anthropic.answer import Answer
from proxy.dialects.anthropic.message import Message
from proxy.dialects.anthropic.speech import PartEvent, Speech
from proxy.dialects.base import JSON, Loss, Rendered
from proxy.dialects.losses import unique
from proxy.ir import Batch, Close, Delta, Event, Open, Request

_JOINED = {"text_delta": "text", "thinking_delta": "thinking", "signature_delta": "signature"}


def parse(body: JSON) -> Batch:
    """Raises GatewayError for an error under HTTP 200, or for what is no answer."""
    return Answer().whole(body)


def render(events: Iterable[Event], request: Request) -> Rendered:
    losses: list[Loss] = []
    message, speech = Message(request.model, losses), Speech(losses)
    told = list(events)
    parts: list[PartEvent] = []
    for event in told:
        if isinstance(event, Open | Delta | Close):
            parts.append(event)
        else:
            message.take(event)
    speech.answer, speech.native = message.id, message.native
    speech.expect(parts)
    wire = [said for event in parts for said in speech.take(event)]
    content = _content([*wire, *speech.end()], losses)
    delta, beside = message.end(called=speech.called)
    body = {**message.head(), "content": content, **delta, **beside}
    return Rendered({**body, "usage": message.usage()}, unique(losses))


def _content(events: Iterable[JSON], losses: list[Loss]) -> list[JSON]:
    """The blocks that the events of a stream add up to."""
    blocks: list[JSON] = []
    inputs: dict[int, list[str]] = {}
    texts: dict[tuple[int, str], list[str]] = {}
    for event in events:
        at = event["index"]
        if event["type"] == "content_block_start":
            blocks.append(dict(event["content_block"]))
        elif event["type"] == "content_block_delta":
            _grow(blocks[at], event["delta"], (inputs, texts), at)
    for (at, field), said in texts.items():
        blocks[at][field] = "".join(said)
    for at, pieces in inputs.items():
        blocks[at]["input"], whole = jsontext.arguments("".join(pieces))
        if not whole:
            losses.append(Loss("arguments"))
    return blocks


def _grow(
    block: JSON,
    delta: JSON,
    gathered: tuple[dict[int, list[str]], dict[tuple[int, str], list[str]]],
    at: int,
) -> None:
    inputs, texts = gathered
    kind = delta["type"]
    if kind == "input_json_delta":
        inputs.setdefault(at, []).append(delta["partial_json"])
    elif kind == "citations_delta":
        block.setdefault("citations", []).append(delta["citation"])
    else:
        field = _JOINED[kind]
        texts.setdefault((at, field), []).append(delta[field])
