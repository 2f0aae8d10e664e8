"""`GET /v1/models` and `GET /v1/models/{id}`, as OpenAI answers them whatever else is spoken."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from proxy.dialects.base import JSON, ModelInfo


class OpenAIModels:
    def render_list(self, models: Sequence[ModelInfo], query: Mapping[str, str]) -> JSON:
        """OpenAI's list has no pages, so `query` says nothing."""
        return {"object": "list", "data": [self.render_model(model) for model in models]}

    def render_model(self, model: ModelInfo) -> JSON:
        return {
            "id": model.id,
            "object": "model",
            "created": model.created,
            "owned_by": model.owner,
        }


MODELS = OpenAIModels()
