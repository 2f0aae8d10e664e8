"""Annotations and log probabilities of an answer, in both directions."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from proxy.dialects.base import JSON
from proxy.dialects.openai_chat import keeping
from proxy.dialects.openai_chat.keeping import ORIGIN
from proxy.dialects.openai_chat.shown import Shown
from proxy.ir import Citation, Cite, Opaque, TokenLogprob

_CITATION = frozenset({"url", "title", "start_index", "end_index"})


def citation(annotation: Any) -> Citation | None:
    """A `url_citation`; None for other kinds of annotation."""
    inner = annotation.get("url_citation") if isinstance(annotation, dict) else None
    if not isinstance(inner, dict) or not isinstance(inner.get("url"), str):
        return None
    start, end = _offset(inner.get("start_index")), _offset(inner.get("end_index"))
    if not end or start is None:
        # OpenRouter writes 0 and 0 where a source has no place in the text.
        start = end = None
    rest = {key: value for key, value in inner.items() if key not in _CITATION}
    title = inner.get("title")
    return Citation(
        inner["url"],
        title if isinstance(title, str) else "",
        start,
        end,
        Opaque(ORIGIN, rest) if rest else None,
    )


def listed(body: JSON) -> list[Citation]:
    """Perplexity's sources of the whole answer: `search_results`, or only `citations`."""
    found: list[Citation] = []
    for field in ("search_results", "citations"):
        items = body.get(field)
        for item in items if isinstance(items, list) else ():
            url = item.get("url") if isinstance(item, dict) else item
            title = item.get("title") if isinstance(item, dict) else ""
            if isinstance(url, str):
                found.append(Citation(url, title if isinstance(title, str) else ""))
        if found:
            break
    return found


def _offset(value: Any) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def noted(cite: Cite, shown: Shown) -> list[JSON]:
    """The `annotations` of a message. A source without a place gets 0 and 0, as OpenRouter has it:
    clients expect the two fields."""
    out: list[JSON] = []
    for source in cite.citations:
        placed = source.start is not None and source.end is not None
        inner: JSON = {
            "end_index": shown.end(source.end or 0) if placed else 0,
            "start_index": shown.start(source.start or 0) if placed else 0,
            "title": source.title,
            "url": source.url,
        }
        keeping.restore(inner, source.opaque)
        out.append({"type": "url_citation", "url_citation": inner})
    others = keeping.data(cite.opaque).get("annotations", ())
    return [*out, *others]


def logprobs(box: Any) -> tuple[TokenLogprob, ...]:
    """The tokens of a `logprobs` object, the text's and the refusal's; () if there are none."""
    if not isinstance(box, dict):
        return ()
    return (*_tokens(box.get("content")), *_tokens(box.get("refusal")))


def _tokens(items: Any) -> Iterable[TokenLogprob]:
    for item in items if isinstance(items, list) else ():
        if isinstance(item, dict) and isinstance(item.get("token"), str):
            yield _token(item)


def _token(item: JSON) -> TokenLogprob:
    value, raw = item.get("logprob"), item.get("bytes")
    number = isinstance(value, int | float) and not isinstance(value, bool)
    whole = isinstance(raw, list) and all(type(byte) is int for byte in raw)
    return TokenLogprob(
        item["token"],
        float(value) if number and value is not None else 0.0,
        tuple(raw) if whole and raw is not None else None,
        tuple(_tokens(item.get("top_logprobs"))),
    )


def written(tokens: Iterable[TokenLogprob]) -> JSON:
    """The `logprobs` object of a choice."""
    return {
        "content": [_write(token) | {"top_logprobs": _top(token)} for token in tokens],
        "refusal": None,
    }


def _top(token: TokenLogprob) -> list[JSON]:
    return [_write(other) for other in token.top]


def _write(token: TokenLogprob) -> JSON:
    raw = list(token.bytes) if token.bytes is not None else list(token.token.encode())
    return {"token": token.token, "logprob": token.logprob, "bytes": raw}
