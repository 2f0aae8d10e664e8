"""OpenAI's Responses API as the upstream: clients of every dialect, through the real door and a
real socket, to a simulator that is as strict as the service."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import pytest
import pytest_asyncio

from proxy.app import Door
from proxy.ir import Dialect
from proxy.route import Provider, RouteTable
from proxy.services import Services
from proxy.stored import Answers
from proxy.upstreams.client import Client
from proxy.upstreams.openai_compatible import OpenAICompatible
from tests.gateway.simulator.shapes import PIXEL, PIXEL_DIGEST, WEATHER
from tests.support.asgi import Caller, call
from tests.support.rooms import KEY, NOW, Rooms
from tests.support.shelf import FakeShelf
from tests.support.simulator import Upstream, simulated, upstream

__all__ = ["simulated", "upstream"]

HEADERS = [("authorization", f"Bearer {KEY}")]
CHAT, MESSAGES, RESPONSES = "/v1/chat/completions", "/v1/messages", "/v1/responses"
EVERY = pytest.mark.parametrize("path", [CHAT, MESSAGES, "gemini", "/v1/completions"])


@pytest_asyncio.fixture
async def services(upstream: Upstream) -> AsyncIterator[Services]:
    service = OpenAICompatible(upstream.openai, "test", Dialect.OPENAI_RESPONSES)
    table = RouteTable([Provider("up", service, catch_all=True)])
    client = Client(connect=5, idle=5)
    with ThreadPoolExecutor(1) as reader:
        answers = Answers(FakeShelf(), reader, lambda: NOW, again=())
        rooms = Rooms(credentials=3)
        yield replace(rooms.services, client=client, routes=lambda: table, answers=answers)
        await answers.close()
    await client.close()


def gemini(model: str, *, stream: bool = False) -> str:
    return f"/v1beta/models/{model}:{'streamG' if stream else 'g'}enerateContent"


async def send(services: Services, path: str, body: Any, query: str = "") -> Caller:
    return await call(Door(services), "POST", path, headers=HEADERS, body=body, query=query)


async def ask(
    services: Services, path: str, text: str, *, model: str = "gpt-5", stream: bool = False
) -> Caller:
    """One question in the dialect of `path`."""
    if path == "gemini":
        asked = {"contents": [{"role": "user", "parts": [{"text": text}]}]}
        return await send(services, gemini(model, stream=stream), asked, "alt=sse")
    body: dict[str, Any] = {"model": model, "stream": stream}
    if path == "/v1/completions":
        return await send(services, path, body | {"prompt": text})
    body |= {"messages": [{"role": "user", "content": text}], "max_tokens": 100}
    return await send(services, path, body)


def texts(value: Any) -> list[str]:
    """Every text in an answer, wherever its dialect has it."""
    if isinstance(value, list):
        return [text for each in value for text in texts(each)]
    if not isinstance(value, dict):
        return []
    own = [value[key] for key in ("text", "content") if isinstance(value.get(key), str)]
    return own + [text for each in value.values() for text in texts(each)]


def events(body: bytes) -> list[Any]:
    lines = [line for line in body.decode().splitlines() if line.startswith("data: {")]
    return [json.loads(line.removeprefix("data: ")) for line in lines]


@EVERY
async def test_a_question_is_answered(services: Services, upstream: Upstream, path: str) -> None:
    caller = await ask(services, path, "Grüße 🙂")
    assert caller.status == 200, caller.body
    assert "You said: Grüße 🙂" in texts(caller.json)
    assert upstream.last.json["store"] is False
    assert upstream.last.path == "/openai/v1/responses"


@EVERY
async def test_a_stream_says_the_same(services: Services, path: str) -> None:
    caller = await ask(services, path, "Grüße 🙂", stream=True)
    assert caller.status == 200, caller.body
    assert "".join(texts(events(caller.body))).startswith("You said: Grüße 🙂")


@EVERY
async def test_a_refusal_keeps_its_status(services: Services, path: str) -> None:
    assert (await ask(services, path, "x", model="sim-429-minute")).status == 429
    assert (await ask(services, path, "x", model="sim-400")).status == 400


@EVERY
async def test_an_answer_that_breaks_off_is_no_answer(services: Services, path: str) -> None:
    caller = await ask(services, path, "one two three", model="sim-error-midstream", stream=True)
    assert "The server had an error" in caller.body.decode()


@pytest.mark.parametrize("model", ["gpt-5", "gpt-4o"])
async def test_chat_calls_tools(services: Services, upstream: Upstream, model: str) -> None:
    tool = {"type": "function", "function": {"name": "get_weather", "parameters": WEATHER}}
    asked: dict[str, Any] = {"role": "user", "content": "the weather?"}
    body = {"model": model, "messages": [asked], "tools": [tool]}
    message = (await send(services, CHAT, body)).json["choices"][0]["message"]
    (wanted,) = message["tool_calls"]
    assert json.loads(wanted["function"]["arguments"])["location"]
    result = {"role": "tool", "tool_call_id": wanted["id"], "content": "18 °C"}
    caller = await send(services, CHAT, body | {"messages": [asked, message, result]})
    assert "The tool get_weather answered: 18 °C" in texts(caller.json)


async def test_chat_sees_reasoning_and_structure(services: Services) -> None:
    schema = {"name": "w", "schema": WEATHER}
    body = {
        "model": "gpt-5",
        "messages": [{"role": "user", "content": "hi"}],
        "reasoning_effort": "low",
        "response_format": {"type": "json_schema", "json_schema": schema},
    }
    caller = await send(services, CHAT, body)
    assert "location" in json.loads(caller.json["choices"][0]["message"]["content"])
    assert caller.json["usage"]["completion_tokens_details"]["reasoning_tokens"] > 0


async def test_anthropic_sends_a_picture_and_its_thoughts_back(
    services: Services, upstream: Upstream
) -> None:
    source = {"type": "base64", "media_type": "image/png", "data": PIXEL}
    picture = {"type": "image", "source": source}
    first = {"role": "user", "content": [picture, {"type": "text", "text": "what is it?"}]}
    body: dict[str, Any] = {
        "model": "gpt-5",
        "max_tokens": 4000,
        "thinking": {"type": "enabled", "budget_tokens": 1024},
        "messages": [first],
    }
    answer = (await send(services, MESSAGES, body)).json
    assert any(PIXEL_DIGEST in text for text in texts(answer))
    assert answer["content"][0]["type"] == "thinking"
    turns = [first, {"role": "assistant", "content": answer["content"]}, user("and?")]
    again = await send(services, MESSAGES, body | {"messages": turns})
    assert again.status == 200, again.body
    kinds = [item.get("type") for item in upstream.last.json["input"]]
    assert "reasoning" in kinds


def user(text: str) -> dict[str, Any]:
    return {"role": "user", "content": text}


async def test_gemini_calls_tools_and_thinks(services: Services, upstream: Upstream) -> None:
    config = {"thinkingConfig": {"includeThoughts": True, "thinkingBudget": 1024}}
    told: dict[str, Any] = {"role": "user", "parts": [{"text": "the weather?"}]}
    body = {
        "contents": [told],
        "tools": [{"functionDeclarations": [{"name": "get_weather"}]}],
        "generationConfig": config,
    }
    content = (await send(services, gemini("gpt-5"), body)).json["candidates"][0]["content"]
    wanted = next(part["functionCall"] for part in content["parts"] if "functionCall" in part)
    response = {"name": wanted["name"], "id": wanted.get("id"), "response": {"result": "sun"}}
    results = {"role": "user", "parts": [{"functionResponse": response}]}
    again = await send(services, gemini("gpt-5"), body | {"contents": [told, content, results]})
    assert again.status == 200, again.body
    assert any("get_weather answered" in text for text in texts(again.json))


async def test_a_model_that_does_not_think_is_not_asked_for_proofs(
    services: Services, upstream: Upstream
) -> None:
    assert (await ask(services, CHAT, "hi", model="gpt-4o")).status == 200
    assert upstream.last.json.get("include") in (None, [])


@pytest.mark.parametrize("stream", [False, True])
async def test_a_client_of_the_dialect_is_passed_untouched(
    services: Services, upstream: Upstream, stream: bool
) -> None:
    said = b'{"model": "gpt-5", "input" : "hi", "store": false, "stream": %b}'
    body = said % (b"true" if stream else b"false")
    caller = await send(services, RESPONSES, body)
    assert upstream.last.body == body
    assert b'"You said: hi"' in caller.body
    assert caller.body.endswith(b"\n\n") is stream


@pytest.mark.parametrize("stream", [False, True])
async def test_an_answer_with_reasoning_is_gone_on_from(
    services: Services, upstream: Upstream, stream: bool
) -> None:
    tools = [{"type": "function", "name": "get_weather", "parameters": WEATHER}]
    body = {"model": "gpt-5", "reasoning": {"effort": "low"}, "tools": tools, "stream": stream}
    caller = await send(services, RESPONSES, body | {"input": "the weather?"})
    answer = events(caller.body)[-1]["response"] if stream else caller.json
    wanted = next(item for item in answer["output"] if item["type"] == "function_call")
    result = {"type": "function_call_output", "call_id": wanted["call_id"], "output": "18 °C"}
    again = await send(
        services,
        RESPONSES,
        body | {"input": [result], "previous_response_id": answer["id"], "stream": False},
    )
    assert again.status == 200, again.body
    assert "The tool get_weather answered: 18 °C" in texts(again.json)
    assert "previous_response_id" not in upstream.last.json
    kinds = [item["type"] for item in upstream.last.json["input"]]
    assert kinds == ["message", "reasoning", "function_call", "function_call_output"]


async def test_an_answer_without_proofs_is_gone_on_from_without_its_reasoning(
    services: Services, upstream: Upstream
) -> None:
    body = {"model": "gpt-4o", "input": "hi"}
    first = (await send(services, RESPONSES, body)).json
    again = await send(
        services, RESPONSES, body | {"input": "and?", "previous_response_id": first["id"]}
    )
    assert "You said: and?" in texts(again.json)
    assert [item.get("role") for item in upstream.last.json["input"]] == [
        "user",
        "assistant",
        "user",
    ]
