"""OpenAI's legacy text completion dialect."""

from __future__ import annotations

from proxy.dialects.openai_chat.models import MODELS
from proxy.dialects.openai_completions.codec import CODEC

__all__ = ["CODEC", "MODELS"]
