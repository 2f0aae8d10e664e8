"""The codec of the Code Assist dialect: it opens and closes envelopes around Gemini's codec.

What is inside stays Gemini's (`Opaque.origin`, signatures), so between the two nothing is lost.
"""

from __future__ import annotations

from collections.abc import Iterable

from proxy.dialects import base
from proxy.dialects.base import JSON, Codec, EventParser, EventRenderer, Rendered
from proxy.dialects.code_assist import envelope
from proxy.dialects.code_assist.rendering import Array, Events
from proxy.dialects.code_assist.stream import Listener, Parser
from proxy.dialects.gemini import CODEC as GEMINI
from proxy.dialects.gemini import errors
from proxy.dialects.gemini.answer import broken_off
from proxy.errors import GatewayError
from proxy.ir import Batch, Dialect, Event, Request


class CodeAssistCodec:
    name = Dialect.CODE_ASSIST

    def parse_request(self, body: JSON, *, model: str = "", stream: bool = False) -> Request:
        inner, name = envelope.inside(body), model or envelope.model(body)
        return envelope.kept(GEMINI.parse_request(inner, model=name, stream=stream), body)

    def render_request(self, request: Request) -> Rendered:
        """Without a project, which is the account's: the upstream knows it."""
        rendered = GEMINI.render_request(request)
        return Rendered(envelope.around(rendered.body, request), rendered.losses)

    def parse_response(self, body: JSON) -> Batch:
        error = errors.reported(body)
        if error is not None:
            raise error
        inner = body.get("response")
        if not isinstance(inner, dict):
            raise broken_off()
        beside = {name: value for name, value in body.items() if name != "response"}
        return envelope.Beside().tell(beside, GEMINI.parse_response(inner))

    def render_response(self, events: Iterable[Event], request: Request) -> Rendered:
        around = envelope.Around()
        rendered = GEMINI.render_response(around.sift(events), request)
        return Rendered(around.wrap(rendered.body), rendered.losses)

    def event_parser(self) -> EventParser:
        return Parser()

    def listener(self) -> base.Listener:
        return Listener()

    def event_renderer(self, request: Request, *, array: bool = False) -> EventRenderer:
        return Array() if array else Events()

    def render_error(self, error: GatewayError) -> JSON:
        return errors.render(error)


CODEC: Codec = CodeAssistCodec()
