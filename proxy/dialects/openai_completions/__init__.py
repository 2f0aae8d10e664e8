"""OpenAI's legacy text completion dialect."""

from __future__ import annotations

from proxy.dialects.openai_completions.codec import CODEC
from proxy.dialects.openai_models import MODELS

__all__ = ["CODEC", "MODELS"]
