"""The stream of an answer, read; and what the books need of one that passes."""

from __future__ import annotations

from typing import Any

import msgspec
from msgspec import UNSET, Struct

from proxy.dialects.jsontext import BROKEN
from proxy.dialects.openai_chat import failures
from proxy.dialects.openai_chat.framing import Framing
from proxy.dialects.openai_images import usage
from proxy.dialects.openai_images.answer import Answer, whole
from proxy.errors import GatewayError
from proxy.ir import Batch, Start

_DONE = b"[DONE]"
_decode = msgspec.json.Decoder().decode


class _Images(Framing):
    """OpenAI ends with the last image, without `[DONE]`; after that mark alone, an answer without
    any image is an answer, too."""

    def _other(self, data: bytes, name: str) -> Batch:
        if data[:6] != _DONE:
            return super()._other(data, name)
        self._done = True
        return self.end()


class ImagesParser(_Images):
    """`EventParser` of the images API."""

    def __init__(self) -> None:
        super().__init__()
        self._answer = Answer()

    @property
    def started(self) -> bool:
        return self._answer.started

    @property
    def finished(self) -> bool:
        return self._answer.drawn > 0

    def read(self, data: bytes, out: Batch) -> None:
        body = _decode(data)
        if type(body) is dict:
            self._answer.event(body, out)

    def end(self) -> Batch:
        return ([] if self._answer.started else [Start("", "")]) + self._answer.end()

    def whole(self, body: bytes) -> Batch:
        try:
            return whole(_decode(body))
        except BROKEN:
            raise failures.broken("The upstream's answer is no stream of events.") from None


class _Heard(Struct, gc=False):
    """The images themselves are skipped."""

    created: Any = None
    created_at: Any = None
    type: Any = None
    usage: Any = None
    error: Any = None
    data: msgspec.Raw | msgspec.UnsetType = UNSET


_heard = msgspec.json.Decoder(_Heard).decode


class ImagesListener(_Images):
    """`Listener` of the images API."""

    def __init__(self) -> None:
        super().__init__()
        self._begun = False
        self._drawn = False

    @property
    def started(self) -> bool:
        return self._begun

    @property
    def finished(self) -> bool:
        return self._drawn

    def read(self, data: bytes, out: Batch) -> None:
        heard = self._hear(data, out)
        self._drawn |= isinstance(heard.type, str) and heard.type.endswith(".completed")

    def end(self) -> Batch:
        return []

    def whole(self, body: bytes) -> Batch:
        out: Batch = []
        try:
            heard = self._hear(body, out)
        except BROKEN:
            raise failures.broken("The upstream's answer is no JSON.") from None
        if not isinstance(heard.data, msgspec.Raw) or bytes(heard.data)[:1] != b"[":
            raise failures.broken("The upstream's answer holds no images.")
        return out

    def _hear(self, data: bytes, out: Batch) -> _Heard:
        try:
            heard = _heard(data)
        except msgspec.ValidationError:
            # No object.
            heard = _Heard()
        if (heard.error or heard.type == "error") and (error := _failure(data)):
            raise error
        if not self._begun:
            self._begun = True
            created = heard.created if type(heard.created) is int else heard.created_at
            out.append(Start("", "", created if type(created) is int and created >= 0 else 0))
        if heard.usage and isinstance(heard.usage, dict):
            out.append(usage.read(heard.usage))
        return heard


def _failure(data: bytes) -> GatewayError | None:
    return failures.found(_decode(data))
