"""Model lists."""

from __future__ import annotations

from proxy.dialects.base import ModelInfo
from proxy.dialects.openai_chat import MODELS

MODEL = {"id": "gemini-x", "object": "model", "created": 7, "owned_by": "google"}


def test_a_list_is_openais() -> None:
    models = [ModelInfo("gemini-x", "google", 7)]
    assert MODELS.render_list(models, {}) == {"object": "list", "data": [MODEL]}


def test_a_model_is_openais() -> None:
    assert MODELS.render_model(ModelInfo("gemini-x", "google", 7)) == MODEL
