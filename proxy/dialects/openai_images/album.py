"""The images of an answer, gathered from its events, and what else it said and nobody will hear."""

from __future__ import annotations

from proxy.dialects.base import JSON, Loss
from proxy.dialects.losses import block_name, explained
from proxy.dialects.openai_images import answer, keeping
from proxy.ir import (
    Cite,
    Close,
    Code,
    CodeResult,
    Delta,
    Event,
    Extra,
    Finish,
    Foreign,
    Logprobs,
    Media,
    Opaque,
    Open,
    Part,
    Refusal,
    Request,
    Start,
    Text,
    Thinking,
    ToolCall,
    Usage,
)

_FORMATS = {"image/png": "png", "image/jpeg": "jpeg", "image/webp": "webp", "image/gif": "gif"}
_NAMES: dict[type[Part], str] = {
    Text: "text",
    Refusal: "refusal",
    Thinking: "thinking",
    ToolCall: "tool_call",
    Code: "code",
    CodeResult: "code",
    Media: "media",
}


def drawn(media: Media) -> bool:
    """Whether it is an image. An address often comes without a type."""
    return media.mime_type.lower().startswith("image/") or not media.mime_type


class Album:
    """`pictures` in their order; `extras` are fields of the whole answer."""

    def __init__(self, request: Request) -> None:
        self.start = Start("", request.model)
        self.pictures: list[Media] = []
        self.usage: Usage | None = None
        self.extras: JSON = {}
        self.losses: list[Loss] = []
        self._silent: dict[int, str] = {}

    @property
    def format(self) -> str:
        """The format of the first image, as far as OpenAI has a word for it."""
        own = keeping.shape(self.start.opaque).get("output_format")
        mime = self.pictures[0].mime_type if self.pictures else ""
        return own or _FORMATS.get(mime.lower(), "")

    def take(self, event: Event) -> None:
        match event:
            case Open():
                self._open(event.index, event.part)
            case Delta():
                if event.text and (name := self._silent.pop(event.index, "")):
                    self.drop(name)
            case Close():
                if event.signature is not None:
                    self.drop("signature")
                self._lose(event.opaque)
            case Start():
                self.start = event
                self._lose(event.opaque)
            case Usage():
                self.usage = event
            case _:
                self._aside(event)

    def drop(self, field: str) -> None:
        if (loss := Loss(field)) not in self.losses:
            self.losses.append(loss)

    def _open(self, index: int, part: Part) -> None:
        if isinstance(part, Foreign):
            self.drop(block_name(part.opaque))
            return
        self._lose(part.opaque)
        if getattr(part, "signature", None) is not None:
            self.drop("signature")
        if isinstance(part, Media) and drawn(part):
            self.pictures.append(part)
            return
        name = _NAMES.get(type(part), "tool_result")
        if isinstance(part, Text) and not part.text:
            # Some say empty text to hold a signature.
            self._silent[index] = name
        else:
            self.drop(name)

    def _aside(self, event: Event) -> None:
        match event:
            case Cite(citations=cited) if cited:
                self.drop("citations")
            case Logprobs():
                self.drop("logprobs")
            case Finish() if explained(event):
                self.drop("finish_message")
            case Extra(opaque=opaque) if keeping.native(opaque):
                rest = {k: v for k, v in opaque.data.items() if k != answer.PARTIAL}
                self.extras |= rest
            case Extra(opaque=opaque):
                self._lose(opaque)
            case _:
                pass

    def _lose(self, opaque: Opaque | None) -> None:
        if opaque is not None and not keeping.native(opaque):
            for field in opaque.data:
                self.drop(field)
