"""`GET /v1/responses/{id}/input_items`: what the model was told, a page at a time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from proxy.dialects.base import JSON
from proxy.errors import invalid

_USUAL, _MOST = 20, 100


def page(items: Sequence[JSON], query: Mapping[str, str]) -> JSON:
    """`order` is `desc` unless it says `asc`; `after` is the id of the last item that was seen."""
    found = [_named(item, number) for number, item in enumerate(items)]
    if query.get("order", "desc") != "asc":
        found.reverse()
    if after := query.get("after"):
        places = [place for place, item in enumerate(found) if item["id"] == after]
        if not places:
            raise invalid("after must be the id of an item of this list", "after")
        found = found[places[0] + 1 :]
    limit = _limit(query.get("limit", ""))
    shown = found[:limit]
    return {
        "object": "list",
        "data": shown,
        "first_id": shown[0]["id"] if shown else None,
        "last_id": shown[-1]["id"] if shown else None,
        "has_more": len(found) > limit,
    }


def _limit(text: str) -> int:
    if not text:
        return _USUAL
    if not (text.isascii() and text.isdigit() and 1 <= int(text[:9]) <= _MOST):
        raise invalid(f"limit must be a number from 1 to {_MOST}", "limit")
    return int(text)


def _named(item: JSON, number: int) -> JSON:
    """Every item of the list has an id and a type; a message's content is a list."""
    kind = item.get("type") or "message"
    out: JSON = {"id": f"item_{number}", **item, "type": kind}
    if kind == "message":
        out.setdefault("status", "completed")
        if isinstance(text := out.get("content"), str):
            said = "output_text" if out.get("role") == "assistant" else "input_text"
            more: JSON = {"annotations": []} if said == "output_text" else {}
            out["content"] = [{"type": said, "text": text, **more}]
    return out
