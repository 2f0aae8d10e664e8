"""How Gemini lists models: 50 a page, `pageToken` for the next one."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping, Sequence

from proxy.dialects.base import JSON, ModelInfo, ModelList
from proxy.errors import GatewayError, invalid

PAGE = 50
LONGEST = 1000

_GENERATE = ("generateContent", "streamGenerateContent", "countTokens")
_EMBED = ("embedContent", "batchEmbedContents")


class GeminiModels:
    def render_list(self, models: Sequence[ModelInfo], query: Mapping[str, str]) -> JSON:
        """Raises INVALID_REQUEST for a size or token that was not given by an earlier page."""
        size, start = _size(query), _start(query)
        body: JSON = {"models": [self.render_model(model) for model in models[start:][:size]]}
        if start + size < len(models):
            body["nextPageToken"] = _token(start + size)
        return body

    def render_model(self, model: ModelInfo) -> JSON:
        """Limits are not invented: a client that needs them asks the provider's own list."""
        methods = _EMBED if "embedding" in model.id else _GENERATE
        return {
            "name": f"models/{model.id}",
            "displayName": model.id,
            "description": f"{model.id} by {model.owner}" if model.owner else model.id,
            "supportedGenerationMethods": list(methods),
        }


def _size(query: Mapping[str, str]) -> int:
    said = _said(query, "pageSize", "page_size")
    if not said:
        return PAGE
    if not (said.isascii() and said.isdigit()):
        raise invalid("pageSize must be a whole number", "pageSize")
    # Google takes 0 as "not said" and caps what is too much.
    return min(int(said[:9]), LONGEST) or PAGE


def _start(query: Mapping[str, str]) -> int:
    said = _said(query, "pageToken", "page_token")
    if not said:
        return 0
    try:
        return max(0, int(base64.urlsafe_b64decode(said.encode())[:9]))
    except (binascii.Error, ValueError) as error:
        raise _stale() from error


def _said(query: Mapping[str, str], *names: str) -> str:
    return next((query[name] for name in names if query.get(name)), "")


def _stale() -> GatewayError:
    return invalid("pageToken is not one that an earlier page gave", "pageToken")


def _token(start: int) -> str:
    return base64.urlsafe_b64encode(b"%09d" % start).decode()


MODELS: ModelList = GeminiModels()
