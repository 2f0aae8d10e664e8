"""Anthropic's API as an upstream: URLs, the key's header, its refusals."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from credentials.health import NotItsFault, RateLimited, Refused, Stumbled
from credentials.pool import Access
from proxy.errors import ErrorKind, GatewayError
from proxy.ir import Dialect
from proxy.operation import Action
from proxy.upstreams.anthropic_api import AnthropicApi
from proxy.upstreams.base import Refusal, Task

NOW = datetime(2026, 7, 1, 12, tzinfo=UTC)
UPSTREAM = AnthropicApi("https://host.test", "potluck/test")
ACCESS = Access(id=1, provider="anthropic", label="", secret="s3cret", base_url="", extra={})


@pytest.mark.parametrize(
    ("action", "forward", "url"),
    [
        (Action.GENERATE, "", "https://host.test/v1/messages"),
        (Action.GENERATE, "beta=true", "https://host.test/v1/messages?beta=true"),
        (Action.COUNT, "", "https://host.test/v1/messages/count_tokens"),
    ],
)
def test_it_addresses_the_endpoint(action: Action, forward: str, url: str) -> None:
    outgoing = UPSTREAM.outgoing(Task(action, "m", b"{}", forward=forward), ACCESS)
    assert (outgoing.url, outgoing.method, outgoing.body) == (url, "POST", b"{}")


@pytest.mark.parametrize("base", ["https://own.test", "https://own.test/", "https://own.test/v1/"])
def test_a_credential_may_bring_its_own_host(base: str) -> None:
    access = Access(id=1, provider="a", label="", secret="s", base_url=base, extra={})
    outgoing = UPSTREAM.outgoing(Task(Action.GENERATE, "m", b"{}"), access)
    assert outgoing.url == "https://own.test/v1/messages"


def test_the_key_goes_in_its_header_only() -> None:
    outgoing = UPSTREAM.outgoing(Task(Action.GENERATE, "m", b"{}"), ACCESS)
    assert outgoing.headers["x-api-key"] == "s3cret"
    assert outgoing.headers["anthropic-version"] == "2023-06-01"
    assert "authorization" not in outgoing.headers


def test_it_says_what_anthropic_cannot_do() -> None:
    with pytest.raises(GatewayError, match="has no embed endpoint"):
        UPSTREAM.outgoing(Task(Action.EMBED, "m", b"{}"), ACCESS)


def test_it_reads_the_list_of_models() -> None:
    listing = UPSTREAM.listing(ACCESS)
    assert (listing.method, listing.url) == ("GET", "https://host.test/v1/models?limit=1000")
    assert UPSTREAM.names(b'{"data":[{"id":"a"},{"id":""},{"type":"model","id":"b"}]}') == [
        "a",
        "b",
    ]


@pytest.mark.parametrize(
    ("status", "type", "outcome", "kind", "retry"),
    [
        (400, "invalid_request_error", NotItsFault, ErrorKind.UPSTREAM_REJECTED, False),
        (401, "authentication_error", Refused, ErrorKind.UPSTREAM_BROKEN, True),
        (404, "not_found_error", NotItsFault, ErrorKind.MODEL_NOT_FOUND, False),
        (429, "rate_limit_error", RateLimited, ErrorKind.POOL_COOLING, True),
        (529, "overloaded_error", Stumbled, ErrorKind.UPSTREAM_BROKEN, True),
    ],
)
def test_a_refusal_is_classified(
    status: int, type: str, outcome: type, kind: ErrorKind, retry: bool
) -> None:
    body = json.dumps({"type": "error", "error": {"type": type, "message": "Why."}}).encode()
    failed = UPSTREAM.classify(Refusal(status, {}, body), "m", NOW)
    assert isinstance(failed.outcome, outcome)
    assert (failed.error.kind, failed.retry) == (kind, retry)


def test_the_callers_mistake_is_quoted() -> None:
    body = b'{"type":"error","error":{"type":"invalid_request_error","message":"too long"}}'
    quoted = UPSTREAM.classify(Refusal(400, {}, body), "m", NOW).error.quoted
    assert quoted is not None
    assert (quoted.origin, quoted.status, quoted.body) == (Dialect.ANTHROPIC, 400, body)
