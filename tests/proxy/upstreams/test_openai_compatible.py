"""An OpenAI-compatible service as an upstream: URL, bearer, model list."""

from __future__ import annotations

import pytest

from credentials.pool import Access
from proxy.errors import GatewayError
from proxy.ir import Dialect
from proxy.operation import Action
from proxy.upstreams.base import Task
from proxy.upstreams.openai_compatible import OpenAICompatible

UPSTREAM = OpenAICompatible("https://host.test/v1/", "potluck/test")
ACCESS = Access(id=1, provider="host", label="", secret="s3cret", base_url="", extra={})


@pytest.mark.parametrize(
    ("action", "path"), [(Action.GENERATE, "chat/completions"), (Action.EMBED, "embeddings")]
)
def test_it_addresses_the_endpoint(action: Action, path: str) -> None:
    outgoing = UPSTREAM.outgoing(Task(action, "m", b"{}"), ACCESS)
    assert outgoing.url == f"https://host.test/v1/{path}"
    assert outgoing.headers["authorization"] == "Bearer s3cret"


def test_it_says_what_the_service_cannot_do() -> None:
    with pytest.raises(GatewayError, match="has no count endpoint"):
        UPSTREAM.outgoing(Task(Action.COUNT, "m", b"{}"), ACCESS)


@pytest.mark.parametrize(
    "body", [b'{"data":[{"id":"a"},{"id":""},{"id":"b"}]}', b'[{"id":"a"},{"id":"b"}]']
)
def test_it_reads_the_list_of_models(body: bytes) -> None:
    assert UPSTREAM.names(body) == ["a", "b"]


@pytest.mark.parametrize(
    ("verb", "body", "path", "kind"),
    [
        ("generations", b'{"image":"aGk="}', "generations", "application/json"),
        ("", b'{"prompt":"x"}', "generations", "application/json"),
        ("", b'{"image":"data:image/png;base64,aGk="}', "edits", "multipart/form-data"),
        ("edits", b'{"images":[{"image_url":"x"}]}', "edits", "application/json"),
    ],
)
def test_images_are_made_and_edited_at_two_places(
    verb: str, body: bytes, path: str, kind: str
) -> None:
    painter = OpenAICompatible("https://host.test/v1", "potluck/test", Dialect.OPENAI_IMAGES)
    outgoing = painter.outgoing(Task(Action.GENERATE, "m", body, verb=verb), ACCESS)
    assert outgoing.url == f"https://host.test/v1/images/{path}"
    assert outgoing.headers["content-type"].partition(";")[0] == kind
    assert outgoing.headers["authorization"] == "Bearer s3cret"
