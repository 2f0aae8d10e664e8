"""OpenAI's legacy text completions, as a `Codec`."""

from __future__ import annotations

from collections.abc import Iterable

from proxy.dialects import openai_words
from proxy.dialects.base import JSON, Rendered
from proxy.dialects.openai_completions import answer, writing
from proxy.dialects.openai_completions import request as requests
from proxy.dialects.openai_completions.stream import CompletionsListener, CompletionsParser
from proxy.dialects.openai_completions.writing import CompletionsRenderer
from proxy.errors import GatewayError
from proxy.ir import Batch, Dialect, Event, Request


class CompletionsCodec:
    name = Dialect.OPENAI_COMPLETIONS

    def parse_request(self, body: JSON, *, model: str = "", stream: bool = False) -> Request:
        """The body says `stream`, so the argument says nothing new."""
        return requests.parse(body, model)

    def render_request(self, request: Request) -> Rendered:
        return requests.render(request)

    def parse_response(self, body: JSON) -> Batch:
        return answer.whole(body)

    def render_response(self, events: Iterable[Event], request: Request) -> Rendered:
        return writing.whole(events, request)

    def event_parser(self) -> CompletionsParser:
        return CompletionsParser()

    def listener(self) -> CompletionsListener:
        return CompletionsListener()

    def event_renderer(self, request: Request, *, array: bool = False) -> CompletionsRenderer:
        return CompletionsRenderer(request)

    def render_error(self, error: GatewayError) -> JSON:
        return openai_words.render(error)


CODEC = CompletionsCodec()
