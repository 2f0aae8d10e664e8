"""The recorded Anthropic exchanges, sorted by what they are."""

from __future__ import annotations

import json
from typing import Any

from tests.support.wire import Exchange, exchanges

# Of 42 exchanges this one is no part of the dialect.
LEFT_OUT = {"anthropic--batch-with-anthropic-claude-haiku-4-5-cancels-a-running-131921"}

# A request that Anthropic itself refuses (`"messages": ["Invalid content"]`).
MALFORMED = {"anthropic--anthropic-completion-error-dd03d5"}


def kind(exchange: Exchange) -> str:
    if exchange["id"] in LEFT_OUT:
        return "left out"
    path, response = exchange["request"]["path"], exchange["response"]
    if response["status"] != 200:
        return "error"
    if path.endswith("/models"):
        return "models"
    if path.endswith("/count_tokens"):
        return "count"
    return "stream" if "sse" in response else "whole"


def recorded(*kinds: str) -> list[Any]:
    return exchanges("anthropic", lambda exchange: kind(exchange) in kinds)


def asked(exchange: Exchange) -> bool:
    """Whether the request is a prompt that was recorded, too, and is well-formed."""
    body = exchange["request"]["body"]
    return bool(body) and "messages" in body and exchange["id"] not in MALFORMED


def data(exchange: Exchange) -> bytes:
    return str(exchange["response"]["sse"]).encode()


def model(exchange: Exchange) -> str:
    """Vertex says it in the path."""
    name, _, _ = exchange["request"]["path"].rpartition("/")[2].partition(":")
    return str(name)


def told(exchange: Exchange) -> list[Any]:
    """The data of every event of a stream."""
    lines = data(exchange).split(b"\n")
    return [json.loads(line[6:]) for line in lines if line.startswith(b"data: ")]
