"""The Anthropic Messages dialect: messages, count_tokens and models."""

from __future__ import annotations

from proxy.dialects.anthropic.codec import CODEC
from proxy.dialects.anthropic.counting import COUNTING
from proxy.dialects.anthropic.models import MODELS

__all__ = ["CODEC", "COUNTING", "MODELS"]
