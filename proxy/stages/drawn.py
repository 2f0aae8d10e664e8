"""Answers of the images endpoint: there is an image, or an error; and an address, if wanted."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing

import msgspec
from msgspec.structs import replace

from proxy.dialects import openai_words
from proxy.dialects.openai_images import album
from proxy.dialects.openai_images.delivery import Delivery
from proxy.errors import ErrorKind, GatewayError, Quoted
from proxy.images.linking import Linker
from proxy.ir import (
    Batch,
    Delta,
    Dialect,
    Event,
    Exchange,
    Finish,
    FinishReason,
    Media,
    Middleware,
    Open,
    Piece,
    Refusal,
    Request,
    Text,
)

Lose = Callable[[str], None]

_QUOTED = 500
_encode = msgspec.json.Encoder().encode


def drawn(linker: Linker, delivery: Delivery, lose: Lose) -> Middleware:
    """Holds the answer back until it has an image, so that one without any is refused before the
    caller is charged. Raises GatewayError(UPSTREAM_REJECTED). What passes untouched stays so."""

    def middleware(exchange: Exchange) -> Exchange:
        async def run(request: Request) -> AsyncGenerator[Piece, None]:
            held: Batch | None = []
            async with aclosing(exchange(request)) as pieces:
                async for piece in pieces:
                    if piece.raw is not None:
                        held = None
                        yield piece
                        continue
                    events = [
                        await _delivered(each, linker, delivery, lose) for each in piece.events
                    ]
                    if held is None:
                        yield Piece(events)
                    elif any(map(_is_image, events)):
                        yield Piece(held + events)
                        held = None
                    else:
                        held += events
            if held is not None:
                raise missing(held)

        return run

    return middleware


def _is_image(event: Event) -> bool:
    return isinstance(event, Open) and isinstance(event.part, Media) and album.drawn(event.part)


async def _delivered(event: Event, linker: Linker, delivery: Delivery, lose: Lose) -> Event:
    if not delivery.url or not isinstance(event, Open) or not isinstance(event.part, Media):
        return event
    media = event.part
    address = await linker.address(media) if _is_image(event) else ""
    if not address:
        if not delivery.data:
            # Better the image itself than none.
            lose("response_format")
        return event
    data = media.data if delivery.data else ""
    return replace(event, part=replace(media, url=address, data=data))


def missing(events: Batch) -> GatewayError:
    """Why there is no image. The model's own words are for the caller, not for the log."""
    reasons = {event.reason for event in events if isinstance(event, Finish)}
    if reasons & {FinishReason.FILTERED, FinishReason.REFUSED}:
        message = "The model refused to draw this."
    else:
        message = (
            "The model answered without an image. Ask a model that draws, and say in the prompt "
            "that you want an image."
        )
    kind = ErrorKind.UPSTREAM_REJECTED
    said = _words(events)
    if not said:
        return GatewayError(kind, message)
    told = GatewayError(kind, f"{message} It said: {said}")
    body = _encode(openai_words.render(told))
    return GatewayError(kind, message, quoted=Quoted(Dialect.OPENAI_IMAGES, told.status, body))


def _words(events: Batch) -> str:
    said: list[str] = []
    spoken: set[int] = set()
    for event in events:
        match event:
            case Open(index=index, part=Text(text=text) | Refusal(text=text)):
                spoken.add(index)
                said.append(text)
            case Delta(index=index, text=text) if index in spoken:
                said.append(text)
            case Finish(message=message):
                said.append(message)
            case _:
                pass
    whole = "".join(said).strip()
    return whole if len(whole) <= _QUOTED else f"{whole[:_QUOTED]}…"
