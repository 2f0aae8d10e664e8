"""The four dialects that translate into each other, and what was recorded in each."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache
from typing import Any, NamedTuple

import pytest

from proxy.dialects.anthropic import CODEC as ANTHROPIC
from proxy.dialects.base import Codec
from proxy.dialects.gemini import CODEC as GEMINI
from proxy.dialects.openai_chat import CODEC as CHAT
from proxy.dialects.openai_responses import CODEC as RESPONSES
from proxy.errors import GatewayError
from proxy.ir import Batch, Dialect, Request
from tests.support.wire import FOLDER, Exchange, exchanges

CODECS: dict[Dialect, Codec] = {each.name: each for each in (CHAT, RESPONSES, ANTHROPIC, GEMINI)}
MODELS = {
    Dialect.OPENAI_CHAT: "gpt-5",
    Dialect.OPENAI_RESPONSES: "gpt-5",
    Dialect.ANTHROPIC: "claude-sonnet-4-5",
    Dialect.GEMINI: "gemini-3-pro-preview",
}
"""A model of each maker that takes most of what can be said."""

PROMPTS = {
    Dialect.OPENAI_CHAT: "messages",
    Dialect.OPENAI_RESPONSES: "input",
    Dialect.ANTHROPIC: "messages",
    Dialect.GEMINI: "contents",
}
PROVIDERS = ("openai-chat", "openai-compatible", "openai-responses", "anthropic", "gemini")
LEFT_OUT = (
    *("batches", "/cachedContents", ":batchGenerateContent", ":batchEmbedContents", "/models"),
    *(":countTokens", "/count_tokens", "/compact", "/input_tokens", "/embeddings"),
)
"""Endpoints that are no conversation."""


RECORDED = pytest.mark.skipif(
    not FOLDER.is_dir(), reason="the recorded traffic is not on this machine (set POTLUCK_WIRE)"
)


class Recording(NamedTuple):
    dialect: Dialect
    exchange: Exchange

    @property
    def id(self) -> str:
        return str(self.exchange["id"])


@cache
def recordings() -> tuple[Recording, ...]:
    if not FOLDER.is_dir():
        return ()
    found = [param.values[0] for name in PROVIDERS for param in exchanges(name)]
    return tuple(
        Recording(spoken(one), one)
        for one in found
        if not one["request"]["path"].endswith(LEFT_OUT)
    )


def spoken(exchange: Exchange) -> Dialect:
    """By the path: what is called compatible may speak the Responses API."""
    provider, path = exchange["provider"].split(":")[0], exchange["request"]["path"]
    if provider == "gemini":
        return Dialect.GEMINI
    if provider == "anthropic":
        return Dialect.ANTHROPIC
    return Dialect.OPENAI_RESPONSES if "/responses" in path else Dialect.OPENAI_CHAT


def model(exchange: Exchange) -> str:
    """Gemini and Vertex say it in the path."""
    return str(exchange["request"]["path"].rpartition("/")[2].partition(":")[0])


@cache
def asked() -> list[tuple[Recording, Request | GatewayError]]:
    """Every recorded request, or why the gateway does not take it."""
    bodies = [(one, one.exchange["request"]["body"]) for one in recordings()]
    return [
        (one, _parsed(one, body))
        for one, body in bodies
        if isinstance(body, dict) and PROMPTS[one.dialect] in body
    ]


def _parsed(one: Recording, body: Any) -> Request | GatewayError:
    try:
        return CODECS[one.dialect].parse_request(body, model=model(one.exchange))
    except GatewayError as error:
        return error


@cache
def answered() -> list[tuple[Recording, Batch]]:
    """Every recorded answer that is none of an error."""
    return list(_answered())


def _answered() -> Iterator[tuple[Recording, Batch]]:
    for one in recordings():
        response = one.exchange["response"]
        if response["status"] != 200:
            continue
        try:
            events = heard(CODECS[one.dialect], response)
        except GatewayError:
            continue
        yield one, events


def heard(codec: Codec, response: Any) -> Batch:
    if "sse" in response:
        return streamed(codec, response["sse"].encode())
    body = response["body"]
    if isinstance(body, list):
        # Gemini's stream without `alt=sse`.
        return streamed(codec, json.dumps(body).encode())
    return codec.parse_response(body)


def streamed(codec: Codec, wire: bytes) -> Batch:
    parser = codec.event_parser()
    return parser.feed(wire) + parser.flush()
