"""A `Codec` as a table of a dialect's functions."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import NamedTuple

from proxy.dialects.base import JSON, EventParser, EventRenderer, Listener, Rendered
from proxy.errors import GatewayError
from proxy.ir import Batch, Dialect, Event, Request


class BodyCodec(NamedTuple):
    """`Codec` of a dialect whose bodies say all there is to say: the model, whether to stream.

    One that says them in its path (Gemini) has a class of its own. The names are those of `Codec`;
    `parse` takes the body and the model that counts where the body names none, and `renderer` is
    `event_renderer` of a dialect that has one kind of stream.
    """

    name: Dialect
    parse: Callable[[JSON, str], Request]
    render_request: Callable[[Request], Rendered]
    parse_response: Callable[[JSON], Batch]
    render_response: Callable[[Iterable[Event], Request], Rendered]
    event_parser: Callable[[], EventParser]
    listener: Callable[[], Listener]
    renderer: Callable[[Request], EventRenderer]
    render_error: Callable[[GatewayError], JSON]

    def parse_request(self, body: JSON, *, model: str = "", stream: bool = False) -> Request:
        return self.parse(body, model)

    def event_renderer(self, request: Request, *, array: bool = False) -> EventRenderer:
        return self.renderer(request)
