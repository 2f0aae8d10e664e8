"""The Gemini dialect: generateContent and its neighbours."""

from __future__ import annotations

from proxy.dialects.gemini.codec import CODEC
from proxy.dialects.gemini.counting import COUNTING
from proxy.dialects.gemini.embeddings import EMBEDDINGS
from proxy.dialects.gemini.models import MODELS

__all__ = ["CODEC", "COUNTING", "EMBEDDINGS", "MODELS"]
