"""OpenAI's images dialect: generations and edits."""

from __future__ import annotations

from proxy.dialects.openai_chat.models import MODELS
from proxy.dialects.openai_images.codec import CODEC

__all__ = ["CODEC", "MODELS"]
