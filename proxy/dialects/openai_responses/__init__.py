"""The OpenAI Responses dialect."""

from __future__ import annotations

from proxy.dialects.openai_models import MODELS
from proxy.dialects.openai_responses.codec import CODEC

__all__ = ["CODEC", "MODELS"]
