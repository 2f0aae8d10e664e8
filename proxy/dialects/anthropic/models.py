"""How Anthropic lists models: 20 a page, `after_id` and `before_id` for the others."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from proxy.dialects.base import JSON, ModelInfo
from proxy.errors import invalid

PAGE = 20
LONGEST = 1000


class AnthropicModels:
    def render_list(self, models: Sequence[ModelInfo], query: Mapping[str, str]) -> JSON:
        """Raises INVALID_REQUEST for a `limit` out of range or an id that is not in the list."""
        size = _size(query)
        ids = [model.id for model in models]
        if before := query.get("before_id"):
            end = _place(ids, before, "before_id")
            start = max(end - size, 0)
            more = start > 0
        else:
            after = query.get("after_id")
            start = _place(ids, after, "after_id") + 1 if after else 0
            end = start + size
            more = end < len(models)
        page = models[start:end]
        return {
            "data": [self.render_model(model) for model in page],
            "first_id": page[0].id if page else None,
            "last_id": page[-1].id if page else None,
            "has_more": more,
        }

    def render_model(self, model: ModelInfo) -> JSON:
        """An unknown age is the epoch, as Anthropic has it."""
        return {
            "type": "model",
            "id": model.id,
            "display_name": model.id,
            "created_at": f"{datetime.fromtimestamp(model.created, UTC):%Y-%m-%dT%H:%M:%SZ}",
        }


def _size(query: Mapping[str, str]) -> int:
    said = query.get("limit", "")
    if not said:
        return PAGE
    size = int(said[:9]) if said.isascii() and said.isdigit() else 0
    if not 1 <= size <= LONGEST:
        raise invalid(f"limit must be a whole number from 1 to {LONGEST}", "limit")
    return size


def _place(ids: Sequence[str], id: str, field: str) -> int:
    if id not in ids:
        raise invalid(f"{field} is not the id of a model in this list", field)
    return ids.index(id)


MODELS = AnthropicModels()
