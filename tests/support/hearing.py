"""A stream as a client of a dialect reads it, and a part that grows while it is told."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import pairwise

from msgspec.structs import replace

from proxy.dialects.base import Codec
from proxy.errors import GatewayError
from proxy.ir import Batch, Code, CodeResult, Part, Refusal, Text, Thinking, ToolCall


def reads(data: bytes, cuts: Iterable[int]) -> Iterator[bytes]:
    """`data`, cut at these places."""
    for start, end in pairwise([0, *cuts, len(data)]):
        yield data[start:end]


def streamed(codec: Codec, data: bytes, cuts: Iterable[int] = ()) -> Batch:
    parser = codec.event_parser()
    events: Batch = []
    for read in reads(data, cuts):
        events += parser.feed(read)
    return events + parser.flush()


def outcome(codec: Codec, data: bytes, cuts: Iterable[int] = ()) -> tuple[Batch, str]:
    """All events, and the error that ended them; "" if none did."""
    parser = codec.event_parser()
    events: Batch = []
    try:
        for read in reads(data, cuts):
            events += parser.feed(read)
        events += parser.flush()
    except GatewayError as error:
        return events, f"{error.kind}: {error.message}"
    return events, ""


def grown(part: Part, more: str) -> Part:
    """A part after deltas. One that cannot grow gets none."""
    match part:
        case ToolCall():
            return replace(part, arguments=part.arguments + more)
        case Code():
            return replace(part, code=part.code + more)
        case CodeResult():
            return replace(part, output=part.output + more)
        case Text() | Thinking() | Refusal():
            return replace(part, text=part.text + more)
    assert not more, f"a {type(part).__name__} grows by no deltas"
    return part
