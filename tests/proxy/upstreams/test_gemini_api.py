"""The Gemini API as an upstream: URL, key in a header, model list."""

from __future__ import annotations

import pytest

from credentials.pool import Access
from proxy.operation import Action
from proxy.upstreams.base import Task
from proxy.upstreams.gemini_api import GeminiApi

UPSTREAM = GeminiApi("https://gemini.test/", "potluck/test")
ACCESS = Access(id=1, provider="gemini", label="", secret="s3cret", base_url="", extra={})
HERE = Access(id=2, provider="gemini", label="", secret="s3cret", base_url="http://here/", extra={})


@pytest.mark.parametrize(
    ("task", "url"),
    [
        (Task(Action.GENERATE, "m", b""), "models/m:generateContent"),
        (Task(Action.GENERATE, "m", b"", True), "models/m:streamGenerateContent?alt=sse"),
        (
            Task(Action.GENERATE, "m", b"", True, forward="%24alt=json%3Benum-encoding%3Dint"),
            "models/m:streamGenerateContent?%24alt=json%3Benum-encoding%3Dint",
        ),
        (Task(Action.GENERATE, "m", b"", True, array=True), "models/m:streamGenerateContent"),
        (Task(Action.COUNT, "m", b""), "models/m:countTokens"),
        (Task(Action.EMBED, "m", b""), "models/m:embedContent"),
        (Task(Action.EMBED, "m", b"", batch=True), "models/m:batchEmbedContents"),
        (Task(Action.GENERATE, "org/名", b""), "models/org/%E5%90%8D:generateContent"),
    ],
)
def test_it_addresses_the_method(task: Task, url: str) -> None:
    assert UPSTREAM.outgoing(task, ACCESS).url == f"https://gemini.test/v1beta/{url}"


def test_a_credential_may_have_its_own_host() -> None:
    url = UPSTREAM.outgoing(Task(Action.GENERATE, "m", b""), HERE).url
    assert url == "http://here/v1beta/models/m:generateContent"


def test_the_key_is_in_a_header_and_not_in_the_url() -> None:
    outgoing = UPSTREAM.outgoing(Task(Action.GENERATE, "m", b"{}"), ACCESS)
    assert outgoing.headers["x-goog-api-key"] == "s3cret"
    assert outgoing.headers["user-agent"] == "potluck/test"
    assert "s3cret" not in outgoing.url


def test_it_reads_the_list_of_models() -> None:
    body = b'{"models":[{"name":"models/a","x":1},{"name":"models/b"},{}],"nextPageToken":""}'
    assert UPSTREAM.names(body) == ["a", "b"]
