"""The OpenAI Chat dialect: chat/completions, embeddings and models."""

from __future__ import annotations

from proxy.dialects.openai_chat.codec import CODEC
from proxy.dialects.openai_chat.embeddings import EMBEDDINGS
from proxy.dialects.openai_models import MODELS

__all__ = ["CODEC", "EMBEDDINGS", "MODELS"]
