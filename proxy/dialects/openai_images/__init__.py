"""OpenAI's images dialect: generations and edits."""

from __future__ import annotations

from proxy.dialects.openai_images.codec import CODEC
from proxy.dialects.openai_models import MODELS

__all__ = ["CODEC", "MODELS"]
