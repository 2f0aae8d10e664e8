"""The OpenAI Responses dialect."""

from __future__ import annotations

from proxy.dialects.openai_responses.codec import CODEC
from proxy.dialects.openai_responses.models import MODELS

__all__ = ["CODEC", "MODELS"]
