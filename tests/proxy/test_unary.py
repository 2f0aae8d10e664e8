"""Embeddings across dialects, whole and untouched within one."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

import msgspec

from credentials.pool import Lease
from proxy.app import Door
from proxy.ir import Dialect
from proxy.names import ModelName
from proxy.route import Route
from tests.proxy.test_app import AUTH, ask
from tests.support.asgi import call
from tests.support.rooms import FakePool, Rooms, Script

GEMINI_VECTORS = b'{"embeddings":[{"values":[0.5,1.0]},{"values":[0.25,2.0]}]}'
OPENAI_VECTORS = (
    b'{"object":"list","data":[{"object":"embedding","index":0,"embedding":[0.5,1.0]}],'
    b'"model":"e","usage":{"prompt_tokens":3,"total_tokens":3}}'
)
ONE = {"content": {"parts": [{"text": "a"}]}}


async def test_openai_asks_gemini() -> None:
    rooms = Rooms(Script(GEMINI_VECTORS))
    caller = await ask(
        rooms, "/v1/embeddings", {"model": "gemini-embedding-001", "input": ["a", "b"]}
    )
    assert [each["embedding"] for each in caller.json["data"]] == [[0.5, 1.0], [0.25, 2.0]]
    assert rooms.client.asked[0].url.endswith("/gemini-embedding-001:batchEmbedContents")
    asked = msgspec.json.decode(rooms.client.asked[0].body or b"")
    assert [each["content"]["parts"][0]["text"] for each in asked["requests"]] == ["a", "b"]
    assert list(rooms.ledger.settled.values()) == [True]


async def test_gemini_asks_an_openai_compatible_service() -> None:
    rooms = Rooms(Script(OPENAI_VECTORS))
    caller = await ask(rooms, "/v1beta/models/nick:embedContent", ONE)
    assert caller.json["embedding"]["values"] == [0.5, 1.0]
    asked = msgspec.json.decode(rooms.client.asked[0].body or b"")
    assert (asked["model"], asked["input"]) == ("real-name", "a")


async def test_a_batch_of_gemini_asks_an_openai_compatible_service() -> None:
    rooms = Rooms(Script(OPENAI_VECTORS))
    body = {"requests": [{"model": "models/nick", **ONE}]}
    caller = await ask(rooms, "/v1beta/models/nick:batchEmbedContents", body)
    assert [each["values"] for each in caller.json["embeddings"]] == [[0.5, 1.0]]


async def test_within_a_dialect_the_bytes_pass() -> None:
    rooms = Rooms(Script(GEMINI_VECTORS))
    body = b'{"requests" : [{"model":"models/e","content":{"parts":[{"text":"a"}]}}]}'
    caller = await ask(rooms, "/v1beta/models/e:batchEmbedContents", body)
    assert caller.body == GEMINI_VECTORS
    assert rooms.client.asked[0].body == body


class Everywhere(FakePool):
    """Has a fresh credential for every provider."""

    async def acquire(
        self, provider: str, model: str, exclude: Collection[int] = (), session: str = ""
    ) -> Lease:
        number = 1 if provider == "gemini" else 2
        return await FakePool(number).acquire(provider, model, [*exclude, *range(number)])


async def test_a_count_never_falls_back_to_a_target_of_another_dialect() -> None:
    rooms = Rooms(Script(b"{}", status=503))
    table = rooms.services.routes()
    targets = (table.resolve("both").targets[0], table.resolve("nick").targets[0])
    table._cache["both", Dialect.GEMINI, ""] = Route(ModelName.parse("both"), targets)
    services = replace(rooms.services, pool=Everywhere())
    body = b'{"contents":[]}'
    path = "/v1beta/models/both:countTokens"
    caller = await call(Door(services), "POST", path, headers=AUTH, body=body)
    assert caller.status == 502
    assert len(rooms.client.asked) == 1


async def test_no_vectors_are_an_error() -> None:
    rooms = Rooms(Script(b'{"embeddings":"none"}'))
    caller = await ask(rooms, "/v1/embeddings", {"model": "gemini-embedding-001", "input": "a"})
    assert caller.status == 502
