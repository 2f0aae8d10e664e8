"""An answer with images, read into events: one object if whole, an event per image if streamed."""

from __future__ import annotations

from typing import Any

from proxy.dialects.base import JSON
from proxy.dialects.openai_chat import failures
from proxy.dialects.openai_images import usage
from proxy.dialects.openai_images.keeping import ORIGIN
from proxy.ir import Batch, Close, Extra, Finish, FinishReason, Media, Opaque, Open, Start

PARTIAL = "partial_image"

_HEAD = ("background", "output_format", "quality", "size")
_TOP = frozenset({"created", "created_at", "data", "usage", "error", "model", *_HEAD})
_SAID = frozenset({"b64_json", "url"})
_EVENT = _TOP | _SAID | {"type"}


class Answer:
    """Reads the objects of one answer in order; `end` gives what is left to say."""

    def __init__(self) -> None:
        self.started = False
        self.drawn = 0

    def whole(self, body: JSON, out: Batch) -> None:
        """Raises GatewayError when the object reports an error, or is no answer."""
        if error := failures.found(body):
            raise error
        items = body.get("data")
        if not isinstance(items, list):
            raise failures.broken("The upstream's answer holds no images.")
        self._start(body, body.get("created"), out)
        for item in items:
            if isinstance(item, dict):
                self._image(item, body, _rest(item, _SAID), out)
        self._close(body, _TOP, out)

    def event(self, body: JSON, out: Batch) -> None:
        """One event of a stream. Raises GatewayError when it reports an error."""
        if error := failures.found(body):
            raise error
        self._start(body, body.get("created_at"), out)
        kind = body.get("type")
        if isinstance(kind, str) and kind.endswith(f".{PARTIAL}"):
            out.append(Extra(Opaque(ORIGIN, {PARTIAL: body})))
            return
        self._image(body, body, {}, out)
        self._close(body, _EVENT, out)

    def _start(self, body: JSON, created: Any, out: Batch) -> None:
        if self.started:
            return
        self.started = True
        head = {key: body[key] for key in _HEAD if body.get(key)}
        seconds = created if type(created) is int and 0 <= created < 2**53 else 0
        model = body.get("model")
        # How an image was asked for comes back to callers of this dialect; to others it is no news.
        opaque = Opaque(ORIGIN, shape=head)
        out.append(Start("", model if isinstance(model, str) else "", seconds, opaque))

    def _image(self, item: JSON, body: JSON, beside: JSON, out: Batch) -> None:
        data, url = item.get("b64_json"), item.get("url")
        data = data if isinstance(data, str) else ""
        url = url if isinstance(url, str) else ""
        if not data and not url:
            return
        format = body.get("output_format")
        mime = f"image/{format}" if isinstance(format, str) and format else "image/png"
        opaque = Opaque(ORIGIN, beside)
        out.append(Open(self.drawn, Media(mime, data, url, opaque=opaque)))
        out.append(Close(self.drawn))
        self.drawn += 1

    def _close(self, body: JSON, known: frozenset[str], out: Batch) -> None:
        if rest := _rest(body, known):
            out.append(Extra(Opaque(ORIGIN, rest)))
        counts = body.get("usage")
        if counts and isinstance(counts, dict):
            out.append(usage.read(counts))

    def end(self) -> Batch:
        return [Finish(FinishReason.STOP, "stop")]


def whole(body: Any) -> Batch:
    """Raises GatewayError for an error under HTTP 200, or for what is no answer."""
    if not isinstance(body, dict):
        raise failures.broken("The upstream's answer is no JSON object.")
    answer = Answer()
    out: Batch = []
    answer.whole(body, out)
    return out + answer.end()


def _rest(source: JSON, known: frozenset[str]) -> JSON:
    return {key: value for key, value in source.items() if key not in known and value is not None}
