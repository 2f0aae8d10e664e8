"""Code Assist as an upstream: the account's token and project, and the bytes in between."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest

from credentials.health import NotItsFault, RateLimited, Refused
from credentials.pool import Access
from proxy.errors import ErrorKind, GatewayError
from proxy.ir import Dialect
from proxy.operation import Action
from proxy.upstreams.base import AttemptFailed, Refusal, Task
from proxy.upstreams.code_assist import CodeAssist

UPSTREAM = CodeAssist("https://assist.test/", "potluck/test")
ROOT = "https://assist.test/v1internal"
NOW = datetime(2026, 1, 1, tzinfo=UTC)
BODY = b'{"model":"a","user_prompt_id":"u","project":"potluck","request":{"contents" : [1.0]}}'


def access(**changes: Any) -> Access:
    fields: dict[str, Any] = {"base_url": "", "extra": {"project": "proj-1"}}
    return Access(id=1, provider="code-assist", label="", secret="ya29.x", **{**fields, **changes})


@pytest.mark.parametrize(
    ("task", "url"),
    [
        (Task(Action.GENERATE, "m", BODY), ":generateContent"),
        (Task(Action.GENERATE, "m", BODY, True), ":streamGenerateContent?alt=sse"),
        (Task(Action.GENERATE, "m", BODY, True, array=True), ":streamGenerateContent"),
        (
            Task(Action.GENERATE, "m", BODY, True, forward="alt=sse&%24alt=x"),
            ":streamGenerateContent?alt=sse&%24alt=x",
        ),
        (Task(Action.COUNT, "m", b"{}"), ":countTokens"),
    ],
)
def test_it_addresses_the_method(task: Task, url: str) -> None:
    outgoing = UPSTREAM.outgoing(task, access())
    assert outgoing.url == ROOT + url
    assert outgoing.headers["authorization"] == "Bearer ya29.x"
    assert outgoing.headers["user-agent"] == "potluck/test"


def test_a_credential_may_have_its_own_host() -> None:
    outgoing = UPSTREAM.outgoing(Task(Action.COUNT, "m", b"{}"), access(base_url="http://here/"))
    assert outgoing.url == "http://here/v1internal:countTokens"


def test_only_the_model_and_the_project_change() -> None:
    outgoing = UPSTREAM.outgoing(Task(Action.GENERATE, "m", BODY), access())
    assert outgoing.body == (
        b'{"model":"m","user_prompt_id":"u","project":"proj-1","request":{"contents" : [1.0]}}'
    )


def test_a_count_has_no_project() -> None:
    body = b'{"request": {"model":"models/m","contents":[]}}'
    assert UPSTREAM.outgoing(Task(Action.COUNT, "m", body), access(extra={})).body is body


def test_an_account_without_a_project_lets_another_try() -> None:
    with pytest.raises(AttemptFailed) as caught:
        UPSTREAM.outgoing(Task(Action.GENERATE, "m", BODY), access(extra={}))
    assert caught.value.retry
    assert caught.value.outcome == Refused("no project", 403)
    assert "no project" in caught.value.error.message


@pytest.mark.parametrize("name", ["enabled_credit_types", "enabledCreditTypes"])
def test_nobody_spends_the_owners_paid_credits(name: str) -> None:
    body = {"model": "m", "request": {}, name: ["GOOGLE_ONE_AI"]}
    with pytest.raises(GatewayError) as caught:
        UPSTREAM.outgoing(Task(Action.GENERATE, "m", msgspec.json.encode(body)), access())
    assert (caught.value.status, caught.value.param) == (400, name)
    spared = msgspec.json.encode({**body, name: []})
    assert UPSTREAM.outgoing(Task(Action.GENERATE, "m", spared), access()).body


def test_it_has_no_embeddings() -> None:
    with pytest.raises(GatewayError) as caught:
        UPSTREAM.outgoing(Task(Action.EMBED, "m", b"{}"), access())
    assert caught.value.kind is ErrorKind.INVALID_REQUEST


def test_its_models_are_those_of_the_quota() -> None:
    listing = UPSTREAM.listing(access())
    assert (listing.method, listing.url) == ("POST", f"{ROOT}:retrieveUserQuota")
    assert msgspec.json.decode(listing.body or b"") == {"project": "proj-1"}
    buckets = [{"modelId": "a", "tokenType": "REQUESTS"}, {"modelId": "b"}, {"modelId": "a"}, {}]
    assert UPSTREAM.names(msgspec.json.encode({"buckets": buckets})) == ["a", "b"]
    assert UPSTREAM.names(b"{}") == []


def test_without_a_project_nothing_is_listed() -> None:
    with pytest.raises(GatewayError) as caught:
        UPSTREAM.listing(access(extra={}))
    assert caught.value.kind is ErrorKind.NO_CREDENTIAL


def refused(code: int, **error: Any) -> AttemptFailed:
    body = msgspec.json.encode({"error": {"code": code, "message": "Bad.", **error}})
    return UPSTREAM.classify(Refusal(code, {}, body), "m", NOW)


def test_the_callers_mistake_is_told_in_googles_words() -> None:
    failed = refused(400, status="INVALID_ARGUMENT")
    assert isinstance(failed.outcome, NotItsFault) and not failed.retry
    assert failed.error.quoted is not None
    # A client of the Gemini API reads the same shape.
    assert failed.error.quoted.origin is Dialect.GEMINI


def test_a_spent_quota_rests_until_its_reset() -> None:
    info = {
        "@type": "type.googleapis.com/google.rpc.ErrorInfo",
        "reason": "QUOTA_EXHAUSTED",
        "domain": "cloudcode-pa.googleapis.com",
        "metadata": {"quotaResetTimeStamp": "2026-01-01T09:00:00Z", "model": "m"},
    }
    failed = refused(429, status="RESOURCE_EXHAUSTED", details=[info])
    assert isinstance(failed.outcome, RateLimited) and failed.retry
    assert failed.outcome.until == datetime(2026, 1, 1, 9, tzinfo=UTC)


def test_a_token_that_is_not_accepted_is_the_credentials_fault() -> None:
    failed = refused(401, status="UNAUTHENTICATED")
    assert failed.outcome == Refused("UNAUTHENTICATED", 401)
