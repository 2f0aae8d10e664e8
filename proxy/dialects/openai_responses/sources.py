"""Annotations and log probabilities of an answer, in both directions."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from proxy.dialects.base import JSON
from proxy.dialects.openai_responses import keeping
from proxy.dialects.openai_responses.keeping import ORIGIN
from proxy.ir import Citation, Opaque, TokenLogprob

_CITATION = frozenset({"type", "url", "title", "start_index", "end_index"})


def citation(note: Any, base: int) -> Citation | None:
    """A `url_citation`; None for other kinds. `base` is where its content part begins in the
    visible text of the whole answer."""
    if not isinstance(note, dict) or note.get("type") != "url_citation":
        return None
    if not isinstance(note.get("url"), str):
        return None
    start, end = _offset(note.get("start_index")), _offset(note.get("end_index"))
    placed = start is not None and bool(end)
    rest = {key: value for key, value in note.items() if key not in _CITATION}
    title = note.get("title")
    return Citation(
        note["url"],
        title if isinstance(title, str) else "",
        base + (start or 0) if placed else None,
        base + (end or 0) if placed else None,
        Opaque(ORIGIN, rest) if rest else None,
    )


def _offset(value: Any) -> int | None:
    return value if type(value) is int and value >= 0 else None


def note(source: Citation, base: int) -> JSON:
    """The annotation. A source without a place has 0 and 0: clients expect the two fields."""
    placed = source.start is not None and source.end is not None
    out: JSON = {
        "type": "url_citation",
        "start_index": max(0, (source.start or 0) - base) if placed else 0,
        "end_index": max(0, (source.end or 0) - base) if placed else 0,
        "title": source.title,
        "url": source.url,
    }
    return keeping.restore(out, source.opaque)


def logprobs(items: Any) -> tuple[TokenLogprob, ...]:
    found = items if isinstance(items, list) else []
    return tuple(
        _token(item)
        for item in found
        if isinstance(item, dict) and isinstance(item.get("token"), str)
    )


def _token(item: JSON) -> TokenLogprob:
    value, raw = item.get("logprob"), item.get("bytes")
    number = isinstance(value, int | float) and not isinstance(value, bool)
    whole = isinstance(raw, list) and all(type(byte) is int for byte in raw)
    return TokenLogprob(
        item["token"],
        float(value) if number and value is not None else 0.0,
        tuple(raw) if whole and raw is not None else None,
        logprobs(item.get("top_logprobs")),
    )


def written(tokens: Iterable[TokenLogprob]) -> list[JSON]:
    return [
        _write(token) | {"top_logprobs": [_write(other) for other in token.top]} for token in tokens
    ]


def _write(token: TokenLogprob) -> JSON:
    raw = list(token.bytes) if token.bytes is not None else list(token.token.encode())
    return {"token": token.token, "logprob": token.logprob, "bytes": raw}
