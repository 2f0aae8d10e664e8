"""OpenAI Responses, as a `Codec`."""

from __future__ import annotations

from collections.abc import Iterable

from proxy.dialects import openai_words
from proxy.dialects.base import JSON, Rendered
from proxy.dialects.openai_responses import request as requests
from proxy.dialects.openai_responses import response
from proxy.dialects.openai_responses.events import ResponsesRenderer
from proxy.dialects.openai_responses.listener import ResponsesListener
from proxy.dialects.openai_responses.stream import ResponsesParser
from proxy.errors import GatewayError
from proxy.ir import Batch, Dialect, Event, Request


class ResponsesCodec:
    name = Dialect.OPENAI_RESPONSES

    def parse_request(self, body: JSON, *, model: str = "", stream: bool = False) -> Request:
        """Responses say `stream` in the body, so the argument says nothing new."""
        return requests.parse(body, model)

    def render_request(self, request: Request) -> Rendered:
        return requests.render(request)

    def parse_response(self, body: JSON) -> Batch:
        return response.parse(body)

    def render_response(self, events: Iterable[Event], request: Request) -> Rendered:
        return response.render(events, request)

    def event_parser(self) -> ResponsesParser:
        return ResponsesParser()

    def listener(self) -> ResponsesListener:
        return ResponsesListener()

    def event_renderer(self, request: Request, *, array: bool = False) -> ResponsesRenderer:
        return ResponsesRenderer(request)

    def render_error(self, error: GatewayError) -> JSON:
        return openai_words.render(error)


CODEC = ResponsesCodec()
