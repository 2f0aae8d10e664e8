"""An answer, written: `{"created": …, "data": [{"b64_json": …}]}`, or an event per image."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from proxy.dialects import openai_words
from proxy.dialects.base import JSON, Loss, Rendered
from proxy.dialects.openai_images import answer, keeping, usage
from proxy.dialects.openai_images.album import Album
from proxy.errors import GatewayError
from proxy.ir import Event, Extra, Media, Ping, Request
from proxy.sse import event as sse

_encode = msgspec.json.Encoder().encode
_PING = b": ping\n\n"
_DONE = b"data: [DONE]\n\n"


def whole(events: Iterable[Event], request: Request) -> Rendered:
    album = Album(request)
    for event in events:
        album.take(event)
    pictures = [keeping.restore(_image(media), media.opaque) for media in album.pictures]
    body: JSON = {"created": album.start.created, "data": pictures}
    if album.format:
        body["output_format"] = album.format
    body |= dict(keeping.shape(album.start.opaque))
    if album.usage is not None:
        body["usage"] = usage.write(album.usage, request)
    return Rendered(body | album.extras, album.losses)


def _image(media: Media) -> JSON:
    said = {"b64_json": media.data, "url": media.url}
    return {key: value for key, value in said.items() if value}


class ImagesRenderer:
    """The images leave at the end, because the last of them tells the usage, which comes last.

    OpenAI's stream has no end but its own; `[DONE]` tells an empty answer from a broken one.
    """

    content_type = "text/event-stream"

    def __init__(self, request: Request) -> None:
        self._album = Album(request)
        self.losses: list[Loss] = self._album.losses
        self._request = request
        edited = any(isinstance(part, Media) for turn in request.turns for part in turn.parts)
        self._kind = "image_edit.completed" if edited else "image_generation.completed"

    def feed(self, events: Iterable[Event]) -> bytes:
        out: list[bytes] = []
        for event in events:
            if isinstance(event, Ping):
                out.append(_PING)
            elif isinstance(event, Extra) and keeping.native(event.opaque):
                if isinstance(partial := event.opaque.data.get(answer.PARTIAL), dict):
                    out.append(_event(partial))
                else:
                    self._album.take(event)
            else:
                self._album.take(event)
        return b"".join(out)

    def flush(self) -> bytes:
        album = self._album
        last = len(album.pictures) - 1
        out = [
            _event(self._completed(media, told=at == last))
            for at, media in enumerate(album.pictures)
        ]
        return b"".join([*out, _DONE])

    def fail(self, error: GatewayError) -> bytes:
        quoted = error.quoted
        if quoted is not None and quoted.origin is keeping.ORIGIN and quoted.body:
            return sse(quoted.body.replace(b"\n", b" "), "error")
        return sse(_encode(openai_words.render(error)), "error")

    def _completed(self, media: Media, *, told: bool) -> JSON:
        album = self._album
        body: JSON = {
            "type": self._kind,
            **_image(media),
            "created_at": album.start.created,
            "background": "auto",
            "quality": "auto",
            "size": "auto",
        }
        if album.format:
            body["output_format"] = album.format
        body |= dict(keeping.shape(album.start.opaque))
        if told and album.usage is not None:
            body["usage"] = usage.write(album.usage, self._request)
        if keeping.native(media.opaque):
            body = dict(keeping.data(media.opaque)) | body
        return (album.extras if told else {}) | body


def _event(body: JSON) -> bytes:
    return sse(_encode(body), str(body.get("type", "")).replace("\n", " ").replace("\r", " "))
