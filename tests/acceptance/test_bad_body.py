"""Bodies that no client should send: a clear refusal in its dialect, no charge, no harm."""

from __future__ import annotations

import json

import pytest

from tests.acceptance.books import Books, until
from tests.acceptance.refusal import MODELS, path_of, refused, send
from tests.acceptance.tongue import GEMINI, JSON, OPENAI, Tongue
from tests.support.gateway import Gateway, Key
from tests.support.simulator import Upstream

pytestmark = pytest.mark.usefixtures("unharmed")

DEEP = 100_000


def openai(**fields: object) -> bytes:
    usual = {"model": "gemini-2.5-flash", "messages": [{"role": "user", "content": "hello"}]}
    return json.dumps(usual | fields).encode()


def gemini(**fields: object) -> bytes:
    return json.dumps(
        {"contents": [{"role": "user", "parts": [{"text": "hello"}]}], **fields}
    ).encode()


def nested(depth: int) -> bytes:
    return b'{"a":' * depth + b"1" + b"}" * depth


# Bodies that are wrong in any dialect.
GARBAGE: dict[str, bytes] = {
    "not JSON": b"hello",
    "half of JSON": b'{"model": "gemini-2.5-flash", "messages": [',
    "JSON array": b"[]",
    "JSON string": b'"hello"',
    "JSON null": b"null",
    "empty": b"",
    "blank": b"  \n ",
    "UTF-8 cut off": b'{"model": "gemini-2.5-flash\xe6\x97"}',
    "Latin-1": '{"model": "é"}'.encode("latin-1"),
    "UTF-16": '{"model": "gemini-2.5-flash"}'.encode("utf-16"),
    "NUL": b"\x00" * 64,
    "100,000 deep": nested(DEEP),
    "100,000 open brackets": b"[" * DEEP,
    "two documents": b"{}{}",
    "NaN": b'{"temperature": NaN}',
}

# Bodies that are JSON objects, but not of this dialect.
WRONG: list[tuple[str, Tongue, bytes]] = [
    ("no messages", OPENAI, b'{"model": "gemini-2.5-flash"}'),
    ("no model", OPENAI, b'{"messages": [{"role": "user", "content": "hello"}]}'),
    ("empty model", OPENAI, openai(model="")),
    ("model is a number", OPENAI, openai(model=5)),
    ("model with a line break", OPENAI, openai(model="gemini\r\nx-evil: 1")),
    ("model that climbs", OPENAI, openai(model="../../v1beta/models")),
    ("messages is a text", OPENAI, openai(messages="hello")),
    ("messages is empty", OPENAI, openai(messages=[])),
    ("a message is a number", OPENAI, openai(messages=[5])),
    ("a role nobody has", OPENAI, openai(messages=[{"role": "wizard", "content": "hello"}])),
    ("content is a number", OPENAI, openai(messages=[{"role": "user", "content": 5}])),
    ("temperature is a text", OPENAI, openai(temperature="hot")),
    ("stream is a text", OPENAI, openai(stream="yes")),
    ("tools is an object", OPENAI, openai(tools={})),
    ("temperature beyond all numbers", OPENAI, openai(temperature=0.25).replace(b"0.25", b"1e400")),
    ("seed beyond all numbers", OPENAI, openai(seed=25).replace(b"25}", b"9" * 5000 + b"}")),
    ("image that is not base64", OPENAI, openai(messages=[{"role": "user", "content": [
        {"type": "image_url", "image_url": {"url": "data:image/png;base64,%%%"}}]}])),
    ("lone surrogate", OPENAI, openai(messages=[{"role": "user", "content": "\ud800"}])),
    ("no contents", GEMINI, b"{}"),
    ("contents is a text", GEMINI, gemini(contents="hello")),
    ("contents is a number", GEMINI, gemini(contents=5)),
    ("parts is a number", GEMINI, gemini(contents=[{"role": "user", "parts": 5}])),
    ("a role nobody has", GEMINI, gemini(contents=[{"role": "wizard", "parts": [{"text": "a"}]}])),
    ("generationConfig is a list", GEMINI, gemini(generationConfig=[1])),
    ("temperature is a text", GEMINI, gemini(generationConfig={"temperature": "hot"})),
    ("temperature beyond all numbers", GEMINI, gemini(
        generationConfig={"temperature": 0.25}).replace(b"0.25", b"1e400")),
    ("seed beyond all numbers", GEMINI, gemini(
        generationConfig={"seed": 25}).replace(b"25}", b"9" * 5000 + b"}")),
    ("inlineData that is not base64", GEMINI, gemini(contents=[{"role": "user", "parts": [
        {"inlineData": {"mimeType": "image/png", "data": "%%%"}}]}])),
    ("lone surrogate", GEMINI, gemini(contents=[{"role": "user", "parts": [{"text": "\ud800"}]}])),
]  # fmt: skip


@pytest.mark.parametrize("body", GARBAGE.values(), ids=GARBAGE.keys())
async def test_a_body_that_is_no_json_object_is_refused(
    gateway: Gateway, purse: Key, upstream: Upstream, tongue: Tongue, body: bytes
) -> None:
    answer = await send(gateway, purse, path_of(tongue), body)
    assert refused(answer, tongue, 400).code == "invalid_request"
    assert not upstream.requests


@pytest.mark.parametrize(
    ("tongue", "body"),
    [row[1:] for row in WRONG],
    ids=[f"{tongue.name}: {name}" for name, tongue, _ in WRONG],
)
async def test_a_body_of_another_shape_is_refused(
    gateway: Gateway, purse: Key, tongue: Tongue, body: bytes
) -> None:
    answer = await send(gateway, purse, path_of(tongue), body)
    found = refused(answer, tongue, 400)
    # Either the gateway's own words or the upstream's: in both cases the caller's mistake.
    assert found.code in {"invalid_request", "upstream_rejected"}


@pytest.mark.parametrize(
    ("tongue", "body"),
    [row[1:] for row in WRONG],
    ids=[f"{tongue.name}: {name}" for name, tongue, _ in WRONG],
)
async def test_the_same_without_translation_is_no_failure_of_the_server(
    gateway: Gateway, key: Key, tongue: Tongue, body: bytes
) -> None:
    """The upstream may take what we do not check; what it refuses is the caller's mistake."""
    body = body.replace(b"gemini-2.5-flash", b"sim-chat")
    path = GEMINI.ask("gemini-2.5-flash").path if tongue is GEMINI else path_of(tongue)
    answer = await send(gateway, key, path, body)
    assert answer.head.status in (200, 400), answer.body[:500]


async def test_a_body_64_deep_is_fine(gateway: Gateway, key: Key, tongue: Tongue) -> None:
    schema = json.loads(b'{"type":"object","properties":{"a":' * 30 + b"{}" + b"}}" * 30)
    function = {"name": "deep", "parameters": schema}
    tools: list[JSON] = [{"type": "function", "function": function}]
    if tongue is GEMINI:
        tools = [{"functionDeclarations": [function]}]
    body = json.dumps(tongue.ask(MODELS[tongue.name]).body | {"tools": tools}).encode()
    assert (await send(gateway, key, path_of(tongue), body)).head.status == 200


async def test_a_repeated_field_is_not_two_requests_in_one(
    gateway: Gateway, books: Books, key: Key, upstream: Upstream
) -> None:
    """What is charged must be what is asked: not one `model` for us and one for the upstream."""
    body = b'{"model": "sim/cheap", ' + openai(model="sim/gpt-4o")[1:]
    answer = await send(gateway, key, "/v1/chat/completions", body)
    assert answer.head.status == 200
    (asked,) = upstream.requests
    pairs = json.loads(asked.body, object_pairs_hook=list)
    assert {value for name, value in pairs if name == "model"} == {"gpt-4o"}
    charged = "SELECT model FROM keys_requestrecord WHERE request_id = %s"
    identity = answer.head.headers["x-request-id"]
    await until(lambda: bool(books.query(charged, identity)))
    assert books.query(charged, identity)[0][0] == "sim/gpt-4o"
