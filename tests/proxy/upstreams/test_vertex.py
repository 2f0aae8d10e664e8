"""Vertex as an upstream: which host and project, which authentication, which models."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest

from credentials.health import NotItsFault, Refused
from credentials.kinds import Kind
from credentials.pool import Access
from proxy.errors import ErrorKind, GatewayError
from proxy.operation import Action
from proxy.upstreams.base import AttemptFailed, Refusal, Task
from proxy.upstreams.vertex import GLOBAL, Vertex

UPSTREAM = Vertex(GLOBAL + "/", "potluck/test")
REPLACED = Vertex("http://vertex.test", "potluck/test")
TASK = Task(Action.GENERATE, "m", b"{}")
PLACE = "/v1/projects/proj-1/locations"
MODEL = "publishers/google/models/m"


def access(base_url: str = "", **extra: Any) -> Access:
    return Access(
        id=1,
        provider="vertex",
        label="",
        secret="s3cret",
        base_url=base_url,
        extra=extra,
        kind=Kind.VERTEX,
    )


@pytest.mark.parametrize(
    ("location", "host"),
    [
        (None, "https://aiplatform.googleapis.com"),
        ("global", "https://aiplatform.googleapis.com"),
        ("europe-west4", "https://europe-west4-aiplatform.googleapis.com"),
        ("eu", "https://aiplatform.eu.rep.googleapis.com"),
    ],
)
def test_a_region_has_its_own_host(location: str | None, host: str) -> None:
    extra = {"project": "proj-1"} | ({"location": location} if location else {})
    url = UPSTREAM.outgoing(TASK, access(**extra)).url
    assert url == f"{host}{PLACE}/{location or 'global'}/{MODEL}:generateContent"


def test_a_replaced_host_serves_every_region() -> None:
    here = access(project="proj-1", location="us-east1")
    assert REPLACED.outgoing(TASK, here).url.startswith(f"http://vertex.test{PLACE}/us-east1/")
    there = access("http://there/", project="proj-1", location="us-east1")
    assert UPSTREAM.outgoing(TASK, there).url.startswith(f"http://there{PLACE}/us-east1/")


@pytest.mark.parametrize(
    ("task", "tail"),
    [
        (Task(Action.GENERATE, "m", b"", True), "m:streamGenerateContent?alt=sse"),
        (Task(Action.GENERATE, "m", b"", True, array=True), "m:streamGenerateContent"),
        (Task(Action.GENERATE, "m", b"", forward="alt=json"), "m:generateContent?alt=json"),
        (Task(Action.COUNT, "m", b"{}"), "m:countTokens"),
        (Task(Action.GENERATE, "a/名@1", b""), "a%2F%E5%90%8D@1:generateContent"),
    ],
)
def test_it_addresses_the_method(task: Task, tail: str) -> None:
    assert UPSTREAM.outgoing(task, access(project="p")).url.endswith(
        f"/publishers/google/models/{tail}"
    )


def test_an_account_sends_its_token() -> None:
    headers = UPSTREAM.outgoing(TASK, access(project="proj-1")).headers
    assert headers["authorization"] == "Bearer s3cret"
    assert "x-goog-api-key" not in headers


def test_a_key_speaks_express_mode() -> None:
    outgoing = UPSTREAM.outgoing(TASK, access(location="us-east1"))
    assert outgoing.url == f"{GLOBAL}/v1/{MODEL}:generateContent"
    assert outgoing.headers["x-goog-api-key"] == "s3cret"
    assert "authorization" not in outgoing.headers


@pytest.mark.parametrize(
    "extra",
    [
        {"project": "p", "location": "evil.test/x"},
        {"project": "p", "location": "evil.test#"},
        {"project": "p", "location": 5},
        {"project": "p/../q"},
        {"project": "p?x"},
    ],
)
def test_a_token_goes_to_no_invented_place(extra: Any) -> None:
    with pytest.raises(AttemptFailed) as caught:
        UPSTREAM.outgoing(TASK, access(**extra))
    assert isinstance(caught.value.outcome, Refused) and caught.value.retry
    assert caught.value.error.kind is ErrorKind.NO_CREDENTIAL


def test_nothing_is_listed_from_an_invented_place() -> None:
    with pytest.raises(GatewayError):
        UPSTREAM.listing(access(project="p", location="evil.test/x"))


def counted(body: Any) -> Any:
    task = Task(Action.COUNT, "m", msgspec.json.encode(body))
    return msgspec.json.decode(UPSTREAM.outgoing(task, access(project="p")).body or b"")


def test_a_count_takes_the_prompt_bare() -> None:
    prompt = {"contents": [1], "systemInstruction": {"a": 1}, "tools": []}
    more = {"model": "models/m", "toolConfig": {}, "safetySettings": []}
    assert counted({"generateContentRequest": {**prompt, **more}}) == prompt
    assert counted({"contents": [1]}) == {"contents": [1]}


def test_it_does_not_pretend_to_embed() -> None:
    with pytest.raises(GatewayError, match="predict") as caught:
        UPSTREAM.outgoing(Task(Action.EMBED, "m", b"{}", batch=True), access(project="p"))
    assert caught.value.kind is ErrorKind.INVALID_REQUEST


def test_it_lists_what_speaks_the_dialect() -> None:
    listing = UPSTREAM.listing(access(project="p", location="us-east1"))
    assert listing.method == "GET"
    assert listing.url.startswith(
        "https://us-east1-aiplatform.googleapis.com/v1beta1/publishers/google/models?"
    )
    names = ("gemini-2.5-pro", "imagen-4", "gemini-embedding-001", "gemini-3-flash")
    body = {"publisherModels": [{"name": f"publishers/google/models/{name}"} for name in names]}
    assert UPSTREAM.names(msgspec.json.encode(body)) == ["gemini-2.5-pro", "gemini-3-flash"]
    assert UPSTREAM.names(b"{}") == []


def test_an_unknown_model_is_the_callers_mistake() -> None:
    body = b'{"error":{"code":404,"message":"Publisher Model x not found.","status":"NOT_FOUND"}}'
    failed = UPSTREAM.classify(Refusal(404, {}, body), "m", datetime(2026, 1, 1, tzinfo=UTC))
    assert isinstance(failed.outcome, NotItsFault)
    assert failed.error.kind is ErrorKind.MODEL_NOT_FOUND
