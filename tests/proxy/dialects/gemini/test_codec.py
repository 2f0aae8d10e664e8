from __future__ import annotations

from proxy.dialects.gemini import CODEC
from proxy.ir import Dialect, Request


def test_it_speaks_gemini() -> None:
    assert CODEC.name is Dialect.GEMINI


def test_streams_are_events_or_an_array() -> None:
    request = Request(model="m", turns=())
    assert CODEC.event_renderer(request).content_type == "text/event-stream"
    array = CODEC.event_renderer(request, array=True)
    assert array.content_type.startswith("application/json")


def test_renderers_share_nothing() -> None:
    request = Request(model="m", turns=())
    assert CODEC.event_renderer(request) is not CODEC.event_renderer(request)
    assert CODEC.event_parser() is not CODEC.event_parser()
