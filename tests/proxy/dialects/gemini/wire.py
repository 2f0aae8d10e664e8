"""The recorded Gemini exchanges, sorted by what they are."""

from __future__ import annotations

import json
from typing import Any

from tests.support.wire import Exchange, exchanges

# Of 84 exchanges these two are no part of the dialect: the gateway has no such endpoints.
LEFT_OUT = {
    "gemini--cache-create-instrumentation-test-create-cache-a21519": "POST /v1beta/cachedContents",
    "gemini--can-submit-google-batch-9d82da": "batchGenerateContent is a job queue",
}


def kind(exchange: Exchange) -> str:
    path = exchange["request"]["path"]
    if exchange["id"] in LEFT_OUT:
        return "left out"
    if path.endswith("/models"):
        return "models"
    for method in ("countTokens", "batchEmbedContents"):
        if path.endswith(method):
            return "error" if exchange["response"]["status"] != 200 else method
    if exchange["response"]["status"] != 200:
        return "error"
    return "stream" if path.endswith("streamGenerateContent") else "generate"


def recorded(*kinds: str) -> list[Any]:
    return exchanges("gemini", lambda exchange: kind(exchange) in kinds)


def asked(exchange: Exchange) -> bool:
    """Whether the request is a prompt that was recorded, too."""
    body = exchange["request"]["body"]
    return bool(body) and "contents" in body


def data(exchange: Exchange) -> bytes:
    response = exchange["response"]
    if "sse" in response:
        return str(response["sse"]).encode()
    return json.dumps(response["body"], indent=2).encode()


def model(exchange: Exchange) -> str:
    name, _, _ = exchange["request"]["path"].rpartition("/")[2].partition(":")
    return str(name)
