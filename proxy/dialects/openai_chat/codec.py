"""OpenAI Chat Completions, as a `Codec`."""

from __future__ import annotations

from collections.abc import Iterable

from proxy.dialects import openai_words
from proxy.dialects.base import JSON, Rendered
from proxy.dialects.openai_chat import request as requests
from proxy.dialects.openai_chat import response
from proxy.dialects.openai_chat.chunks import ChatRenderer
from proxy.dialects.openai_chat.listener import ChatListener
from proxy.dialects.openai_chat.stream import ChatParser
from proxy.errors import GatewayError
from proxy.ir import Batch, Dialect, Event, Request


class ChatCodec:
    name = Dialect.OPENAI_CHAT

    def parse_request(self, body: JSON, *, model: str = "", stream: bool = False) -> Request:
        """Chat says `stream` in the body, so the argument says nothing new."""
        return requests.parse(body, model)

    def render_request(self, request: Request) -> Rendered:
        return requests.render(request)

    def parse_response(self, body: JSON) -> Batch:
        return response.parse(body)

    def render_response(self, events: Iterable[Event], request: Request) -> Rendered:
        return response.render(events, request)

    def event_parser(self) -> ChatParser:
        return ChatParser()

    def listener(self) -> ChatListener:
        return ChatListener()

    def event_renderer(self, request: Request, *, array: bool = False) -> ChatRenderer:
        return ChatRenderer(request)

    def render_error(self, error: GatewayError) -> JSON:
        return openai_words.render(error)


CODEC = ChatCodec()
