"""The codec of the Gemini dialect."""

from __future__ import annotations

from collections.abc import Iterable

from proxy.dialects import base
from proxy.dialects.base import JSON, Codec, EventParser, EventRenderer, Rendered
from proxy.dialects.gemini import errors, request, response
from proxy.dialects.gemini.listener import Listener
from proxy.dialects.gemini.rendering import Array, Events
from proxy.dialects.gemini.stream import Parser
from proxy.errors import GatewayError
from proxy.ir import Batch, Dialect, Event, Request


class GeminiCodec:
    name = Dialect.GEMINI

    def parse_request(self, body: JSON, *, model: str = "", stream: bool = False) -> Request:
        return request.parse(body, model=model, stream=stream)

    def render_request(self, request_: Request) -> Rendered:
        return request.render(request_)

    def parse_response(self, body: JSON) -> Batch:
        return response.parse(body)

    def render_response(self, events: Iterable[Event], request: Request) -> Rendered:
        return response.render(events)

    def event_parser(self) -> EventParser:
        return Parser()

    def listener(self) -> base.Listener:
        return Listener()

    def event_renderer(self, request: Request, *, array: bool = False) -> EventRenderer:
        return Array() if array else Events()

    def render_error(self, error: GatewayError) -> JSON:
        return errors.render(error)


CODEC: Codec = GeminiCodec()
