"""Images as Markdown links in the text, for clients that show nothing else: IMAGE_REPLY."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from itertools import count

from msgspec.structs import replace

from proxy.dialects.openai_images import album
from proxy.images.linking import Linker
from proxy.images.reply import ImageReply
from proxy.ir import (
    Batch,
    Citation,
    Cite,
    Close,
    Delta,
    Dialect,
    Event,
    Exchange,
    Media,
    Middleware,
    Open,
    Piece,
    Request,
    Text,
)

Lose = Callable[[str], None]

_GAP = "\n\n"
# What would end a link's address in Markdown.
_SPELT = str.maketrans({" ": "%20", "(": "%28", ")": "%29", "<": "%3C", ">": "%3E", "\n": "%0A"})


def wanted(dialect: Dialect, reply: ImageReply) -> ImageReply:
    """How clients of `dialect` get images. Only Chat has the choice.

    Anthropic's answers know no images: the block that the gateway sends all the same is for
    clients that send it back, the link is for people. A text completion has nothing but text.
    Responses and Gemini have a place of their own.
    """
    match dialect:
        case Dialect.OPENAI_CHAT:
            return reply
        case Dialect.ANTHROPIC:
            return ImageReply.BOTH
        case Dialect.OPENAI_COMPLETIONS:
            return ImageReply.MARKDOWN
        case _:
            return ImageReply.IMAGES


def image_links(linker: Linker, *, keep: bool, lose: Lose | None) -> Middleware:
    """`keep`: the image stays beside its link. `lose` is told what could not be done (None: there
    is nothing to tell). Answers that pass untouched stay as they are; outermost, so that nothing
    cuts a link."""

    def middleware(exchange: Exchange) -> Exchange:
        async def run(request: Request) -> AsyncGenerator[Piece, None]:
            writer = _Writer(linker, keep, lose or _silent)
            async with aclosing(exchange(request)) as pieces:
                async for piece in pieces:
                    if piece.raw is not None or writer.plain(piece.events):
                        yield piece
                    else:
                        yield Piece(await writer.written(piece.events))

        return run

    return middleware


def _silent(field: str) -> None:
    """Nothing is lost that the client would have got otherwise."""


class _Choice:
    """The text of one candidate: `said` characters of the model's own, and the links in it."""

    def __init__(self) -> None:
        self.said = 0
        self.owed = ""
        self.added: list[tuple[int, int]] = []

    def add(self, text: str) -> str:
        self.added.append((self.said, len(text)))
        return text

    def start(self, place: int) -> int:
        """Where a character of the model's own text is now."""
        return place + sum(length for at, length in self.added if at <= place)

    def end(self, place: int) -> int:
        """The same for the place behind one: a link that follows there is not part of it."""
        return place + sum(length for at, length in self.added if at < place)


class _Writer:
    """A link is a part of its own, so the parts after the first one get new numbers. Most answers
    have no image: they pass as they are, and are only counted."""

    def __init__(self, linker: Linker, keep: bool, lose: Lose) -> None:
        self._linker = linker
        self._keep = keep
        self._lose = lose
        self._highest = -1
        self._fresh: count[int] | None = None
        self._numbers: dict[int, int] = {}
        self._texts: dict[int, _Choice] = {}
        self._choices: defaultdict[int, _Choice] = defaultdict(_Choice)

    def plain(self, events: Batch) -> bool:
        """Whether nothing is to be done; then the events have been counted."""
        if self._fresh is not None:
            return False
        if any(type(event) is Open and type(event.part) is Media for event in events):
            self._fresh = count(self._highest + 1)
            return False
        for event in events:
            if type(event) is Delta:
                if (spoken := self._texts.get(event.index)) is not None:
                    spoken.said += len(event.text)
            elif type(event) is Open:
                self._numbers[event.index] = event.index
                self._highest = max(self._highest, event.index)
                if type(event.part) is Text:
                    spoken = self._texts[event.index] = self._choices[event.choice]
                    spoken.said += len(event.part.text)
        return True

    async def written(self, events: Batch) -> Batch:
        out: Batch = []
        for event in events:
            match event:
                case Open(part=Media() as part):
                    await self._picture(event, part, out)
                case Open():
                    self._open(event, out)
                case Delta() | Close():
                    self._more(event, out)
                case Cite():
                    out.append(self._cited(event))
                case _:
                    out.append(event)
        return out

    async def _picture(self, event: Open, part: Media, out: Batch) -> None:
        address = ""
        if album.drawn(part):
            address = await self._linker.address(part)
            if not address:
                self._lose("markdown")
        if address:
            self._link(event.choice, address, out)
        if self._keep or not address:
            self._open(event, out)
        elif part.signature is not None:
            self._lose("signature")

    def _next(self) -> int:
        assert self._fresh is not None  # noqa: S101 - set when the first image came
        return next(self._fresh)

    def _link(self, choice: int, address: str, out: Batch) -> None:
        spoken = self._choices[choice]
        before = _GAP if spoken.said or spoken.added else ""
        number = self._next()
        link = spoken.add(f"{before}![image]({address.translate(_SPELT)})")
        out += (Open(number, Text(link), choice), Close(number))
        spoken.owed = _GAP

    def _open(self, event: Open, out: Batch) -> None:
        number = self._numbers[event.index] = self._next()
        part = event.part
        if isinstance(part, Text):
            spoken = self._texts[event.index] = self._choices[event.choice]
            part = replace(part, text=self._spoken(spoken, part.text))
        out.append(replace(event, index=number, part=part))

    def _more(self, event: Delta | Close, out: Batch) -> None:
        number = self._numbers.get(event.index)
        if number is None:
            # Of an image that became a link.
            if isinstance(event, Close) and event.signature is not None:
                self._lose("signature")
            return
        spoken = self._texts.get(event.index)
        if isinstance(event, Delta) and spoken is not None:
            event = replace(event, text=self._spoken(spoken, event.text))
        out.append(replace(event, index=number))

    def _spoken(self, spoken: _Choice, text: str) -> str:
        if not text:
            return text
        before = spoken.add(spoken.owed) if spoken.owed else ""
        spoken.owed = ""
        spoken.said += len(text)
        return before + text

    def _cited(self, event: Cite) -> Event:
        """The same places in the text, now that links stand in it."""
        spoken = self._choices[event.choice]
        if not spoken.added:
            return event
        return replace(event, citations=tuple(_moved(each, spoken) for each in event.citations))


def _moved(citation: Citation, spoken: _Choice) -> Citation:
    start, end = citation.start, citation.end
    return replace(
        citation,
        start=None if start is None else spoken.start(start),
        end=None if end is None else spoken.end(end),
    )
