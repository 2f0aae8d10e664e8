"""Images on their way from a model to every kind of client, over a real socket upstream."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import httpx
import msgspec
import pytest

from proxy.app import Door
from proxy.dispatch import Patience
from proxy.images.gallery import Gallery
from proxy.images.links import Links
from proxy.images.memory import MemoryStore
from proxy.images.reply import ImageReply
from proxy.ir import Dialect
from proxy.route import Provider, RouteTable
from proxy.services import Services, Tuning
from proxy.upstreams.client import Client
from proxy.upstreams.gemini_api import GeminiApi
from proxy.upstreams.openai_compatible import OpenAICompatible
from tests.proxy.dialects.openai_images.test_answer import ANSWER, sse
from tests.support.asgi import Caller, call
from tests.support.rooms import KEY, NOW, Rooms, Script
from tests.support.simulator import Upstream, simulated, upstream

__all__ = ["simulated", "upstream"]

AUTH = [("authorization", f"Bearer {KEY}"), ("host", "potluck.test")]
MODEL = "gemini-2.5-flash-image"
PROMPT = "Create a picture of a nano banana dish in a fancy restaurant with a Gemini theme"
CHAT: dict[str, Any] = {"model": MODEL, "messages": [{"role": "user", "content": PROMPT}]}
DRAW = {"model": MODEL, "prompt": PROMPT}
HOUR = timedelta(hours=1)
LINK = re.compile(r"!\[image\]\(http://potluck\.test(/media/[^)]+)\)")


class Stand:
    """A door before the simulator. `true` is the digest of the image that it draws."""

    def __init__(self, rooms: Rooms, services: Services, true: str) -> None:
        self.rooms = rooms
        self.services = services
        self.true = true

    def tuned(self, reply: ImageReply) -> None:
        tuning = Tuning(Patience(3, 60.0), 0, 2**20, True, image_reply=reply)
        self.services = replace(self.services, tuning=lambda: tuning)

    async def ask(self, path: str, body: Any, **options: Any) -> Caller:
        options = {"headers": AUTH} | options
        return await call(Door(self.services), "POST", path, body=body, **options)

    async def look(self, url: str) -> str:
        """The digest of what a link leads to."""
        path = url.removeprefix("http://potluck.test")
        shown = await call(Door(self.services), "GET", path)
        assert (shown.status, shown.headers["content-type"]) == (200, "image/png")
        return digest(shown.body)


def digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def decoded(text: str) -> str:
    return digest(base64.b64decode(text.removeprefix("data:image/png;base64,"), validate=True))


def events(body: bytes) -> list[Any]:
    found = re.findall(rb"data: ({.*})", body)
    return [msgspec.json.decode(each) for each in found]


@pytest.fixture
async def stand(upstream: Upstream) -> AsyncIterator[Stand]:
    rooms = Rooms()
    store = MemoryStore(number=9, size=2**20, lifetime=HOUR, clock=lambda: NOW)
    gallery = Gallery(store, Links([b"k" * 32], HOUR), lambda: NOW)
    routes = RouteTable([Provider("gemini", GeminiApi(upstream.base, "test"), catch_all=True)])
    asked = {"contents": [{"role": "user", "parts": [{"text": PROMPT}]}]}
    async with Client(connect=5.0, idle=5.0) as client, httpx.AsyncClient() as direct:
        url = f"{upstream.base}/v1beta/models/{MODEL}:generateContent?key=k"
        parts = (await direct.post(url, json=asked)).json()["candidates"][0]["content"]["parts"]
        data = next(part["inlineData"]["data"] for part in parts if "inlineData" in part)
        services = replace(rooms.services, client=client, routes=lambda: routes, gallery=gallery)
        yield Stand(rooms, services, decoded(data))


async def test_the_tutorials_client_finds_its_image(stand: Stand) -> None:
    caller = await stand.ask("/v1/chat/completions", CHAT)
    url = caller.json["choices"][0]["message"]["images"][0]["image_url"]["url"]
    assert decoded(url) == stand.true
    assert "![image]" not in caller.json["choices"][0]["message"]["content"]


async def test_the_banana_example_gets_the_very_bytes(stand: Stand) -> None:
    body = {"contents": [{"role": "user", "parts": [{"text": PROMPT}]}]}
    caller = await stand.ask(f"/v1beta/models/{MODEL}:generateContent", body)
    parts = caller.json["candidates"][0]["content"]["parts"]
    found = [part["inlineData"]["data"] for part in parts if "inlineData" in part]
    assert list(map(decoded, found)) == [stand.true]


@pytest.mark.parametrize("reply", [ImageReply.MARKDOWN, ImageReply.BOTH])
async def test_a_link_in_the_text_leads_to_the_image(stand: Stand, reply: ImageReply) -> None:
    stand.tuned(reply)
    caller = await stand.ask("/v1/chat/completions", CHAT)
    message = caller.json["choices"][0]["message"]
    found = LINK.search(message["content"])
    assert found is not None
    assert await stand.look(found[1]) == stand.true
    assert ("images" in message) is (reply is ImageReply.BOTH)


async def test_a_link_comes_in_a_stream_too(stand: Stand) -> None:
    stand.tuned(ImageReply.MARKDOWN)
    caller = await stand.ask("/v1/chat/completions", CHAT | {"stream": True})
    deltas = [event["choices"][0]["delta"] for event in events(caller.body) if event["choices"]]
    found = LINK.search("".join(delta.get("content") or "" for delta in deltas))
    assert found is not None
    assert await stand.look(found[1]) == stand.true
    assert not any("images" in delta for delta in deltas)


async def test_a_stream_brings_the_image_itself(stand: Stand) -> None:
    caller = await stand.ask("/v1/chat/completions", CHAT | {"stream": True})
    deltas = [event["choices"][0]["delta"] for event in events(caller.body) if event["choices"]]
    (image,) = [each for delta in deltas for each in delta.get("images", ())]
    assert decoded(image["image_url"]["url"]) == stand.true


@pytest.mark.parametrize("stream", [False, True])
async def test_without_a_gallery_the_image_comes_as_ever(stand: Stand, stream: bool) -> None:
    stand.tuned(ImageReply.MARKDOWN)
    stand.services = replace(stand.services, gallery=None)
    caller = await stand.ask("/v1/chat/completions", CHAT | {"stream": stream})
    assert b'"images"' in caller.body
    if not stream:
        assert "markdown" in caller.headers["x-potluck-dropped"]


async def test_an_anthropic_client_gets_a_link_beside_the_block(stand: Stand) -> None:
    body = {"model": MODEL, "max_tokens": 99, "messages": CHAT["messages"]}
    caller = await stand.ask("/v1/messages", body)
    text = "".join(block.get("text", "") for block in caller.json["content"])
    found = LINK.search(text)
    assert found is not None
    assert await stand.look(found[1]) == stand.true
    assert [b["type"] for b in caller.json["content"]].count("image") == 1


async def test_a_link_that_comes_back_is_text(stand: Stand, upstream: Upstream) -> None:
    link = "![image](http://potluck.test/media/1.x/y.png)"
    turns = [*CHAT["messages"], {"role": "assistant", "content": link}, *CHAT["messages"]]
    await stand.ask("/v1/chat/completions", CHAT | {"messages": turns})
    assert upstream.bodies[-1]["contents"][1]["parts"] == [{"text": link}]


async def test_a_prompt_is_drawn(stand: Stand, upstream: Upstream) -> None:
    caller = await stand.ask("/v1/images/generations", DRAW | {"size": "1024x1024"})
    assert caller.status == 200
    (image,) = caller.json["data"]
    assert decoded(image["b64_json"]) == stand.true
    assert await stand.look(image["url"]) == stand.true
    assert caller.json["created"] == int(NOW.timestamp())
    assert caller.json["usage"]["total_tokens"] > 1_000
    config = upstream.bodies[-1]["generationConfig"]
    assert config["imageConfig"] == {"aspectRatio": "1:1"}
    assert list(stand.rooms.ledger.settled.values()) == [True]


@pytest.mark.parametrize(("format", "key"), [("url", "url"), ("b64_json", "b64_json")])
async def test_the_caller_chooses_the_form(stand: Stand, format: str, key: str) -> None:
    caller = await stand.ask("/v1/images/generations", DRAW | {"response_format": format})
    assert list(caller.json["data"][0]) == [key]


async def test_an_upload_is_edited(stand: Stand, upstream: Upstream) -> None:
    png = b"\x89PNG\r\n\x1a\n" + bytes(range(256))
    lines = [
        b'--b\r\nContent-Disposition: form-data; name="model"\r\n\r\n' + MODEL.encode(),
        b'--b\r\nContent-Disposition: form-data; name="prompt"\r\n\r\n' + PROMPT.encode(),
        b'--b\r\nContent-Disposition: form-data; name="image"; filename="a.png"\r\n'
        b"Content-Type: image/png\r\n\r\n" + png,
        b"--b--\r\n",
    ]
    headers = [*AUTH, ("content-type", "multipart/form-data; boundary=b")]
    caller = await stand.ask("/v1/images/edits", b"\r\n".join(lines), headers=headers)
    assert caller.status == 200
    assert caller.json["data"][0]["b64_json"]
    said, seen = upstream.bodies[-1]["contents"][0]["parts"]
    assert said == {"text": PROMPT}
    assert decoded(seen["inlineData"]["data"]) == digest(png)


async def test_a_stream_ends_with_the_drawing(stand: Stand) -> None:
    caller = await stand.ask("/v1/images/generations", DRAW | {"stream": True})
    (event,) = events(caller.body)
    assert event["type"] == "image_generation.completed"
    assert decoded(event["b64_json"]) == stand.true
    assert event["usage"]["output_tokens"] > 1_000


async def test_a_model_that_only_talks_costs_nothing(stand: Stand) -> None:
    # The simulator's `block-answer` blocks without a word, `tokens-9` talks.
    caller = await stand.ask("/v1/images/generations", DRAW | {"model": "sim-tokens-3"})
    assert caller.status == 400
    assert "It said: 1 2 3" in caller.json["error"]["message"]
    assert "1 2 3" not in stand.rooms.ledger.records[0].detail
    assert list(stand.rooms.ledger.settled.values()) == [False]


@pytest.mark.parametrize("more", [{"n": 2}, {"size": "huge"}, {"mask": "data:x;base64,aGk="}])
async def test_what_cannot_be_had_is_refused_before_it_costs(stand: Stand, more: Any) -> None:
    caller = await stand.ask("/v1/images/generations", DRAW | more)
    assert caller.status == 400
    assert caller.json["error"]["param"] in more
    assert list(stand.rooms.ledger.settled.values()) == [False]


def openai(*scripts: Script) -> tuple[Rooms, Services]:
    rooms = Rooms(*scripts)
    beside = (OpenAICompatible("http://up.test/v1", "test", Dialect.OPENAI_IMAGES),)
    chat = OpenAICompatible("http://up.test/v1", "test")
    routes = RouteTable([Provider("up", chat, {"nick": "gpt-image-1.5"}, beside=beside)])
    return rooms, replace(rooms.services, routes=lambda: routes)


async def test_openais_own_endpoint_is_passed_to_untouched() -> None:
    answer = msgspec.json.encode(ANSWER)
    rooms, services = openai(Script(answer))
    body = b'{"model": "up/gpt-image-1.5", "prompt": "x", "n": 2, "odd": 1.0}'
    caller = await call(Door(services), "POST", "/v1/images/generations", headers=AUTH, body=body)
    assert caller.body == answer
    (asked,) = rooms.client.asked
    assert asked.url == "http://up.test/v1/images/generations"
    assert asked.body == body.replace(b"up/", b"").replace(b": ", b":").replace(b", ", b",")
    assert rooms.ledger.records[0].output_tokens == 50


async def test_a_stream_of_openais_passes() -> None:
    wire = sse(
        {"type": "image_generation.partial_image", "b64_json": "cA=="},
        {"type": "image_generation.completed", "b64_json": "aGk=", "usage": {"output_tokens": 4}},
    )
    rooms, services = openai(Script(wire, content_type="text/event-stream"))
    body = {"model": "nick", "prompt": "x", "stream": True, "partial_images": 1}
    caller = await call(Door(services), "POST", "/v1/images/generations", headers=AUTH, body=body)
    assert caller.body == wire
    assert rooms.ledger.records[0].output_tokens == 4


async def test_an_upload_goes_on_as_one() -> None:
    rooms, services = openai(Script(msgspec.json.encode(ANSWER)))
    form = (
        b'--b\r\nContent-Disposition: form-data; name="model"\r\n\r\nnick\r\n'
        b'--b\r\nContent-Disposition: form-data; name="prompt"\r\n\r\nx\r\n'
        b'--b\r\nContent-Disposition: form-data; name="image[]"; filename="a.png"\r\n'
        b"Content-Type: image/png\r\n\r\n\x89PNG\r\n\xff\x00\r\n--b--\r\n"
    )
    headers = [*AUTH, ("content-type", "multipart/form-data; boundary=b")]
    caller = await call(Door(services), "POST", "/v1/images/edits", headers=headers, body=form)
    assert caller.status == 200
    (asked,) = rooms.client.asked
    assert asked.url == "http://up.test/v1/images/edits"
    assert asked.headers["content-type"].startswith("multipart/form-data; boundary=")
    body = asked.body or b""
    assert b'name="model"\r\n\r\ngpt-image-1.5\r\n' in body
    assert b'filename="a.png"\r\ncontent-type: image/png\r\n\r\n\x89PNG\r\n\xff\x00\r\n' in body


async def test_errors_are_openais() -> None:
    caller = await call(Door(Rooms().services), "POST", "/v1/images/generations", body={})
    assert (caller.status, caller.json["error"]["code"]) == (401, "invalid_api_key")
    caller = await call(Door(Rooms().services), "POST", "/v1/images/generations", headers=AUTH,
                        body={"prompt": "x"})  # fmt: skip
    assert caller.json["error"]["param"] == "model"
