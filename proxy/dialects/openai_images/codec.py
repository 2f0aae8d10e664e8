"""OpenAI's images API, as a `Codec`."""

from __future__ import annotations

from collections.abc import Iterable

from proxy.dialects import openai_words
from proxy.dialects.base import JSON, Rendered
from proxy.dialects.openai_images import answer, writing
from proxy.dialects.openai_images import request as requests
from proxy.dialects.openai_images.stream import ImagesListener, ImagesParser
from proxy.dialects.openai_images.writing import ImagesRenderer
from proxy.errors import GatewayError
from proxy.ir import Batch, Dialect, Event, Request


class ImagesCodec:
    name = Dialect.OPENAI_IMAGES

    def parse_request(self, body: JSON, *, model: str = "", stream: bool = False) -> Request:
        """The body says `stream`, so the argument says nothing new."""
        return requests.parse(body, model)

    def render_request(self, request: Request) -> Rendered:
        return requests.render(request)

    def parse_response(self, body: JSON) -> Batch:
        return answer.whole(body)

    def render_response(self, events: Iterable[Event], request: Request) -> Rendered:
        return writing.whole(events, request)

    def event_parser(self) -> ImagesParser:
        return ImagesParser()

    def listener(self) -> ImagesListener:
        return ImagesListener()

    def event_renderer(self, request: Request, *, array: bool = False) -> ImagesRenderer:
        return ImagesRenderer(request)

    def render_error(self, error: GatewayError) -> JSON:
        return openai_words.render(error)


CODEC = ImagesCodec()
