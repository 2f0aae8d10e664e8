"""Gemini as the door knows it: `/v1beta/models/{model}:{method}`, the same under `/v1`."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlencode

from proxy.bodies import check
from proxy.dialects.gemini import CODEC, COUNTING, EMBEDDINGS, MODELS
from proxy.ir import Dialect
from proxy.operation import Action, Head, Hints, Operation, Speaker

# LiteLLM's Gemini adapter leaves the version out when it is given a bare base URL.
_PREFIXES = ("/v1beta/models", "/v1/models", "/models")
_FORWARDED = ("alt", "$alt")


def _match(path: str, query: Mapping[str, str], hints: Hints) -> Operation | None:
    for prefix in _PREFIXES:
        if path.startswith(prefix):
            rest = path[len(prefix) :]
            if not rest:
                return _listing("", prefix, hints)
            if rest[0] == "/":
                model, colon, method = rest[1:].rpartition(":")
                if colon:
                    return _method(model, method, query)
                return _listing(rest[1:], prefix, hints)
    return None


def _listing(model: str, prefix: str, hints: Hints) -> Operation | None:
    # google-genai 3.x lists under /v1, where OpenAI's and Anthropic's clients do, too.
    if prefix == "/v1/models" and not hints.google:
        return None
    action = Action.MODEL if model else Action.MODELS
    return Operation(action, Dialect.GEMINI, method="GET", model=model)


def _method(model: str, method: str, query: Mapping[str, str]) -> Operation | None:
    said = {name: query[name] for name in _FORWARDED if name in query}
    forward = urlencode(said, safe=";=") if said else ""
    match method:
        case "generateContent":
            action, stream = Action.GENERATE, False
        case "streamGenerateContent":
            action, stream = Action.GENERATE, True
        case "countTokens":
            action, stream = Action.COUNT, False
        case "embedContent" | "batchEmbedContents":
            action, stream = Action.EMBED, False
        case _:
            return None
    return Operation(
        action,
        Dialect.GEMINI,
        model=model,
        stream=stream,
        array=stream and query.get("alt") != "sse",
        batch=method == "batchEmbedContents",
        forward=forward,
    )


def _read_head(body: bytes, operation: Operation) -> Head:
    check(body)
    return Head(operation.model, bool(operation.stream))


SPEAKER = Speaker(
    codec=CODEC,
    match=_match,
    head=_read_head,
    with_model=lambda body, model: body,
    models=MODELS,
    owns=lambda path, hints: path.startswith(("/v1beta", "/models")) or ":" in path or hints.google,
    embeddings=EMBEDDINGS,
    counting=COUNTING,
    inline=True,
)
