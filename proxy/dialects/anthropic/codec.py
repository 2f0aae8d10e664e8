"""Anthropic Messages, as a `Codec`."""

from __future__ import annotations

from collections.abc import Iterable

from proxy.dialects.anthropic import errors, response
from proxy.dialects.anthropic import request as requests
from proxy.dialects.anthropic.listening import MessageListener
from proxy.dialects.anthropic.rendering import MessageRenderer
from proxy.dialects.anthropic.stream import MessageParser
from proxy.dialects.base import JSON, Rendered
from proxy.errors import GatewayError
from proxy.ir import Batch, Dialect, Event, Request


class AnthropicCodec:
    name = Dialect.ANTHROPIC

    def parse_request(self, body: JSON, *, model: str = "", stream: bool = False) -> Request:
        """The body says `stream`, so the argument says nothing new."""
        return requests.parse(body, model=model)

    def render_request(self, request: Request) -> Rendered:
        return requests.render(request)

    def parse_response(self, body: JSON) -> Batch:
        return response.parse(body)

    def render_response(self, events: Iterable[Event], request: Request) -> Rendered:
        return response.render(events, request)

    def event_parser(self) -> MessageParser:
        return MessageParser()

    def listener(self) -> MessageListener:
        return MessageListener()

    def event_renderer(self, request: Request, *, array: bool = False) -> MessageRenderer:
        return MessageRenderer(request.model)

    def render_error(self, error: GatewayError) -> JSON:
        return errors.render(error)


CODEC = AnthropicCodec()
