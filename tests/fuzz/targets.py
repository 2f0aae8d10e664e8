"""What is fuzzed: every parser, with the promises that must hold for any bytes.

A target takes bytes and raises nothing. `GatewayError` is an answer like any other; everything
else, and a broken promise (`AssertionError`), is a finding.
"""

from __future__ import annotations

import random
import zlib
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from itertools import pairwise
from typing import Any, Protocol

import msgspec
from msgspec.structs import replace

from proxy import bodies, sse
from proxy.dialects.base import JSON, Codec, CountCodec, EmbedCodec, EmbedRequest
from proxy.errors import GatewayError
from proxy.ir import Batch, Delta, Event, Request
from proxy.operation import Action, Operation, Speaker
from proxy.registry import SPEAKERS

Target = Callable[[bytes], None]
ASKED = Request(model="m", turns=())
EMBEDDED = (
    EmbedRequest(model="m", inputs=("a",), single=True),
    EmbedRequest(model="m", inputs=("a", "b"), base64=True),
)
TARGETED = ("gemini-2.5-flash", "gemini-3-pro", "claude-opus-5-5")


class Reads(Protocol):
    def feed(self, data: bytes) -> Batch: ...
    def flush(self) -> Batch: ...


def request(codec: Codec, data: bytes) -> None:
    """A body is refused, or it is the same after a second reading, and others can be told."""
    asked = codec.parse_request(bodies.parse(data), model="m")
    written = codec.render_request(asked).body
    again = codec.parse_request(written, model="m")
    assert codec.render_request(again).body == written, "a second reading says something else"
    for other in SPEAKERS:
        for model in TARGETED:
            settled(partial(_asked, other.codec, replace(asked, model=model)))


def _asked(codec: Codec, asked: Request) -> None:
    msgspec.json.encode(codec.render_request(asked).body)


def answer(codec: Codec, data: bytes) -> None:
    """A whole answer, told to the clients of every dialect, whole and in pieces."""
    told(codec.parse_response(bodies.parse(data)))


def told(events: Batch) -> None:
    for speaker in SPEAKERS:
        renderer = speaker.codec.event_renderer(ASKED)
        wire = b"".join(renderer.feed([event]) for event in events) + renderer.flush()
        parser = speaker.codec.event_parser()
        parser.feed(wire)
        parser.flush()
        whole = speaker.codec.render_response(events, ASKED).body
        speaker.codec.parse_response(bodies.parse(msgspec.json.encode(whole)))


def stream(codec: Codec, data: bytes) -> None:
    """The same bytes say the same, however they are cut."""
    events, failed = heard(codec.event_parser(), [data])
    others, otherwise = heard(codec.event_parser(), cut(data))
    assert failed == otherwise, "another cut, another failure"
    if failed:
        # What only the end of a stream completes is not told if the end is a failure.
        most = max(0, min(len(events), len(others)) - 1)
        events, others = events[:most], others[:most]
    assert events == others, "another cut, another answer"
    if not failed:
        told(events)


def heard(parser: Reads, chunks: Iterable[bytes]) -> tuple[Batch, str]:
    """Every event, deltas of one part joined, and how it failed."""
    events: Batch = []
    failed = ""
    try:
        for chunk in chunks:
            events += parser.feed(chunk)
        events += parser.flush()
    except GatewayError as error:
        failed = f"{error.kind}: {error.message}"
    return list(_joined(events)), failed


def _joined(events: Iterable[Event]) -> Iterator[Event]:
    last: Event | None = None
    for event in events:
        if type(last) is Delta and type(event) is Delta and last.index == event.index:
            last = Delta(last.index, last.text + event.text)
            continue
        if last is not None:
            yield last
        last = event
    if last is not None:
        yield last


def cut(data: bytes) -> list[bytes]:
    """The bytes in a few pieces; the same bytes are always cut the same."""
    dice = random.Random(zlib.crc32(data))
    places = sorted(dice.randrange(len(data) + 1) for _ in range(dice.choice((1, 3, 20))))
    return [data[start:end] for start, end in pairwise([0, *places, len(data)])]


def listener(codec: Codec, data: bytes) -> None:
    heard(codec.listener(), cut(data))
    codec.listener().whole(data)


def count(codec: CountCodec, data: bytes) -> None:
    body = bodies.parse(data)
    settled(lambda: codec.render_response(codec.parse_response(body)))
    codec.render_request(codec.parse_request(body, model="m"))


def embed(codec: EmbedCodec, data: bytes) -> None:
    body = bodies.parse(data)
    settled(lambda: codec.render_request(codec.parse_request(body, model="m")))
    settled(lambda: codec.render_request(codec.parse_request(body, model="m", batch=True)))
    for asked in EMBEDDED:
        settled(partial(_embedded, codec, body, asked))


def _embedded(codec: EmbedCodec, body: JSON, asked: EmbedRequest) -> None:
    """The body as an upstream's answer, told to the clients of both dialects."""
    answer = codec.parse_response(body, asked)
    for speaker in SPEAKERS:
        if speaker.embeddings is not None:
            msgspec.json.encode(speaker.embeddings.render_response(answer, asked))


def settled(attempt: Callable[[], Any]) -> None:
    try:
        attempt()
    except GatewayError:
        return


def events(data: bytes) -> None:
    """Events do not depend on the cut, and the quick reading says what the thorough one says."""
    decoder, other = sse.Decoder(), sse.Decoder()
    whole = decoder.feed(data) + decoder.flush()
    pieces = [event for chunk in cut(data) for event in other.feed(chunk)] + other.flush()
    assert whole == pieces, "another cut, another event"
    assert decoder.stray == other.stray, "another cut, another stray line"
    quick = sse.Decoder().whole(data)
    assert not quick or [event.data for event in whole] == quick, "the quick way says otherwise"


def body(data: bytes) -> None:
    """What `check` accepts can be parsed, and keeps everything but the field that is replaced."""
    bodies.check(data)
    before = bodies.parse(data)
    after = bodies.parse(bodies.replaced(data, "model", "other"))
    assert after == {**before, "model": "other"}, "another field has changed"


def head(speaker: Speaker, data: bytes) -> None:
    operation = Operation(Action.GENERATE, speaker.codec.name, model="m", stream=False)
    speaker.head(data, operation)
    speaker.with_model(data, "other")
    if speaker.passable is not None:
        speaker.passable(data)


def intake(read: Callable[[bytes, str], bytes], data: bytes) -> None:
    """What a form becomes is JSON."""
    bodies.check(read(data, "multipart/form-data; boundary=b"))


def _targets() -> Iterator[tuple[str, Target]]:
    yield "sse", events
    yield "body", body
    for speaker in SPEAKERS:
        codec, name = speaker.codec, speaker.codec.name.value
        for kind in (request, answer, stream, listener):
            yield f"{name}.{kind.__name__}", partial(kind, codec)
        yield f"{name}.head", partial(head, speaker)
        if speaker.intake is not None:
            yield f"{name}.intake", partial(intake, speaker.intake)
        if speaker.counting is not None:
            yield f"{name}.count", partial(count, speaker.counting)
        if speaker.embeddings is not None:
            yield f"{name}.embed", partial(embed, speaker.embeddings)


TARGETS: dict[str, Target] = dict(_targets())


def run(name: str, data: bytes) -> None:
    """Raises what a target must not raise."""
    try:
        TARGETS[name](data)
    except GatewayError:
        return
