"""What is asked when an answer was cut, and what the attempts add up to. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from msgspec.structs import replace

from proxy.ir import Cite as Cite
from proxy.ir import Dialect, Format, Opaque, Request, Role, Signature, Text, Thinking, Turn, Usage

GO_ON = (
    "Your last message was cut off by the length limit. Go on exactly where it stopped: begin with "
    "the very next character, in the same language and form. Repeat nothing of it, and say nothing "
    "about the interruption."
)
"""The gateway's own words, in a turn of their own: no turn of the user is changed."""


class Said:
    """A text or thought as the client sees it, however many attempts have added to it."""

    __slots__ = ("ended", "index", "part", "pieces", "signature")

    def __init__(self, index: int, part: Text | Thinking) -> None:
        self.index = index
        self.part = part
        self.pieces: list[str] = []
        self.signature: Signature | None = part.signature
        self.ended = False

    @property
    def text(self) -> str:
        return "".join(self.pieces)


def continuable(request: Request) -> bool:
    """Whether a cut answer to this could be continued at all.

    Of several candidates none can be: the next question has one answer. Neither can enforced JSON:
    the upstream holds each of its answers to the form from the first character on, so it would
    begin another document, and without the form the caller would be promised what nobody checks.
    """
    form = request.output.format if request.output is not None else None
    return request.sampling.n in (None, 1) and form not in (Format.JSON, Format.SCHEMA)


def continued(request: Request, said: Iterable[Said]) -> Request:
    """The same question, then what the model has said, then the wish that it goes on."""
    answer = Turn(Role.MODEL, tuple(_parts(said)))
    return replace(request, turns=(*request.turns, answer, Turn(Role.USER, (Text(GO_ON),))))


def _parts(said: Iterable[Said]) -> list[Text | Thinking]:
    """Signed thoughts go back as they came, if complete; thoughts without proof are left out, as
    their own maker would refuse them. Texts without a proof are one text: not every service takes
    several."""
    parts: list[Text | Thinking] = []
    for one in said:
        text, last = one.text, parts[-1] if parts else None
        if isinstance(one.part, Thinking):
            if one.ended and one.signature is not None:
                parts.append(replace(one.part, text=text, signature=one.signature))
        elif one.signature is not None:
            parts.append(Text(text, one.signature))
        elif type(last) is Text and last.signature is None:
            parts[-1] = Text(last.text + text)
        elif text:
            parts.append(Text(text))
    return parts


def added(before: Usage, more: Usage) -> Usage:
    """Every attempt is charged, its prompt too. The upstreams' own details do not add up."""
    return Usage(
        _sum(before.input, more.input),
        _sum(before.output, more.output),
        _sum(before.cached, more.cached),
        _sum(before.thinking, more.thinking),
    )


def _sum(one: int | None, other: int | None) -> int | None:
    return other if one is None else one + (other or 0)


def shifted(cite: Cite, by: int) -> Cite:
    """Sources of a continuation, whose text begins at character `by` of the whole."""
    if not by:
        return cite
    moved = tuple(
        replace(
            one,
            start=None if one.start is None else one.start + by,
            end=None if one.end is None else one.end + by,
        )
        for one in cite.citations
    )
    placed = any(one.start is not None for one in moved)
    own = cite.opaque
    if placed and own is not None and own.origin is Dialect.GEMINI:
        # Its metadata counts bytes of the continuation alone; wrong places are worse than none,
        # and its renderer tells the loss.
        own = None
    return replace(cite, citations=moved, opaque=own)


def special(signature: Signature | None, opaque: Opaque | None) -> bool:
    """Whether a text has something that belongs to it alone, so that no other text may join it."""
    return signature is not None or (opaque is not None and bool(opaque.data))


def both(first: Opaque | None, more: Opaque | None) -> Opaque | None:
    """The ends of two texts that became one: lists (of sources) are joined."""
    if first is None or more is None or first.origin is not more.origin:
        return more or first
    shape: dict[str, Any] = {**first.shape, **more.shape}
    for key, value in first.shape.items():
        if isinstance(value, list) and isinstance(more.shape.get(key), list):
            shape[key] = value + more.shape[key]
    return Opaque(more.origin, {**first.data, **more.data}, shape)
