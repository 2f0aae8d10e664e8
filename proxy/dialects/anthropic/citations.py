"""The sources of a text block. Anthropic cites block by block, not by offsets into the answer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from proxy.dialects.anthropic.fields import ORIGIN
from proxy.dialects.base import JSON
from proxy.ir import Citation, Cite, Opaque


def cited(items: Sequence[Any], start: int, end: int) -> Cite:
    """The sources of the text from `start` to `end` of the answer. Places in the caller's own
    documents (pages, characters) have no address, so they stay Anthropic's."""
    known: list[Citation] = []
    others: list[Any] = []
    for item in items:
        url = _address(item) if isinstance(item, dict) else ""
        if url:
            title = item.get("title")
            title = title if isinstance(title, str) else ""
            known.append(Citation(url, title, start, end))
        else:
            others.append(item)
    opaque = Opaque(ORIGIN, {"citations": others} if others else {})
    return Cite(tuple(known), opaque=opaque)


def _address(item: JSON) -> str:
    """The page of a web search, or what the caller called the source of a search result."""
    for name in ("url", "source"):
        value = item.get(name)
        if isinstance(value, str) and value:
            return value
    return ""
