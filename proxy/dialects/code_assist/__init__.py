"""The Code Assist dialect: the Gemini API in an envelope, and what a client asks about itself."""

from __future__ import annotations

from proxy.dialects.code_assist.codec import CODEC
from proxy.dialects.code_assist.counting import COUNTING

__all__ = ["CODEC", "COUNTING"]
