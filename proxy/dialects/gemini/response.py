"""Whole answers ↔ events."""

from __future__ import annotations

from collections.abc import Iterable

from proxy.dialects.base import JSON, Rendered
from proxy.dialects.gemini.answer import Answer
from proxy.dialects.gemini.chunk import Chunks
from proxy.ir import Batch, Event


def parse(body: JSON) -> Batch:
    """Raises GatewayError for an error under HTTP 200, and for an answer without any candidate."""
    answer = Answer()
    return answer.feed(body) + answer.end(whole=True)


def render(events: Iterable[Event]) -> Rendered:
    chunks = Chunks()
    chunks.take(events)
    return Rendered(chunks.chunk(last=True) or {"candidates": []}, chunks.losses)
