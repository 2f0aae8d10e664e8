"""Anthropic's shapes, on the wire."""

from __future__ import annotations

import json
from typing import Any

import httpx
import pytest

from gateway.simulator.faults import Refusal
from tests.gateway.simulator.shapes import JSON, PIXEL, PIXEL_DIGEST, WEATHER, lf_events, message
from tests.support.simulator import Upstream

PATH = "/anthropic/v1/messages"
TOOLS = [
    {"name": "get_weather", "input_schema": WEATHER},
    {"name": "get_time", "input_schema": {"type": "object"}},
]
THINKING = {"type": "enabled", "budget_tokens": 1024}


async def ask(client: httpx.AsyncClient, body: JSON) -> Any:
    return (await client.post(PATH, json=body)).json()


async def stream(client: httpx.AsyncClient, body: JSON) -> list[JSON]:
    answer = await client.post(PATH, json=body | {"stream": True})
    events = [(name, json.loads(data)) for name, data in lf_events(answer.content)]
    assert all(name == data["type"] for name, data in events)
    return [data for _, data in events]


def texts(message: JSON) -> list[str]:
    return [block["text"] for block in message["content"] if block["type"] == "text"]


@pytest.mark.parametrize("path", [PATH, "/v1/messages", "/v1/messages?beta=true"])
async def test_it_answers_whole(client: httpx.AsyncClient, path: str) -> None:
    answer = (await client.post(path, json=message("Grüße"))).json()
    assert answer["content"] == [{"type": "text", "text": "You said: Grüße"}]
    assert (answer["type"], answer["role"]) == ("message", "assistant")
    assert (answer["stop_reason"], answer["stop_sequence"]) == ("end_turn", None)
    assert answer["id"].startswith("msg_01")


async def test_a_stream_has_its_order_of_events(client: httpx.AsyncClient) -> None:
    events = await stream(client, message("Hi"))
    kinds = [event["type"] for event in events]
    assert kinds[:3] == ["message_start", "content_block_start", "ping"]
    assert kinds[-3:] == ["content_block_stop", "message_delta", "message_stop"]
    assert events[0]["message"]["content"] == []
    text = "".join(e["delta"]["text"] for e in events if e["type"] == "content_block_delta")
    assert text == "You said: Hi"


async def test_the_last_usage_is_that_of_the_whole(client: httpx.AsyncClient) -> None:
    body = message("Hi", thinking=THINKING)
    events = await stream(client, body)
    last, whole = events[-2]["usage"], (await ask(client, body))["usage"]
    assert events[0]["message"]["usage"]["output_tokens"] == 1
    assert (last["input_tokens"], last["output_tokens"]) == (
        whole["input_tokens"],
        whole["output_tokens"],
    )


async def test_thinking_is_signed_by_the_last_delta(client: httpx.AsyncClient) -> None:
    events = await stream(client, message(thinking=THINKING))
    assert events[1]["content_block"] == {"type": "thinking", "thinking": "", "signature": ""}
    deltas = [e["delta"] for e in events if e["type"] == "content_block_delta" and e["index"] == 0]
    assert [d["type"] for d in deltas].count("signature_delta") == 1
    assert deltas[-1]["signature"]


async def test_omitted_thinking_is_empty_and_signed(client: httpx.AsyncClient) -> None:
    body = message(thinking={"type": "adaptive", "display": "omitted"})
    thought, said = (await ask(client, body))["content"]
    assert thought["thinking"] == "" and thought["signature"]
    assert said["type"] == "text"


async def test_a_call_streams_its_input(client: httpx.AsyncClient) -> None:
    events = await stream(client, message("weather", tools=TOOLS))
    starts = [e["content_block"] for e in events if e["type"] == "content_block_start"]
    assert [(s["name"], s["input"]) for s in starts] == [("get_weather", {}), ("get_time", {})]
    pieces: list[list[str]] = [[], []]
    for each in events:
        if each["type"] == "content_block_delta":
            pieces[each["index"]].append(each["delta"]["partial_json"])
    assert pieces[0][0] == "" and json.loads("".join(pieces[0])) == {"location": "Paris", "days": 7}
    assert pieces[1] == [""]
    assert events[-2]["delta"]["stop_reason"] == "tool_use"


@pytest.mark.parametrize(
    ("choice", "called"),
    [
        ({"type": "none"}, []),
        ({"type": "any", "disable_parallel_tool_use": True}, ["get_weather"]),
        ({"type": "tool", "name": "get_time"}, ["get_time"]),
    ],
)
async def test_the_tool_choice_is_kept_to(
    client: httpx.AsyncClient, choice: JSON, called: list[str]
) -> None:
    answer = await ask(client, message(tools=TOOLS, tool_choice=choice))
    assert [b["name"] for b in answer["content"] if b["type"] == "tool_use"] == called


async def test_a_history_with_its_thinking_goes_on(client: httpx.AsyncClient) -> None:
    body = message("weather", tools=TOOLS, thinking=THINKING)
    said = (await ask(client, body))["content"]
    image = {
        "type": "image",
        "source": {"type": "base64", "media_type": "image/png", "data": PIXEL},
    }
    results = [
        {
            "type": "tool_result",
            "tool_use_id": b["id"],
            "content": [{"type": "text", "text": "sun"}, image],
        }
        for b in said
        if b["type"] == "tool_use"
    ]
    body["messages"] += [
        {"role": "assistant", "content": said},
        {"role": "user", "content": results},
    ]
    (text,) = texts(await ask(client, body))
    assert text.startswith("The tool get_weather answered: sun\nThe tool get_time answered: sun\n")
    assert text.count(PIXEL_DIGEST) == 2


async def test_the_matched_stop_sequence_is_told(client: httpx.AsyncClient) -> None:
    answer = await ask(client, message("one two", stop_sequences=["two"]))
    assert (answer["stop_reason"], answer["stop_sequence"]) == ("stop_sequence", "two")
    assert texts(answer) == ["You said: one "]


async def test_the_limit_cuts(client: httpx.AsyncClient) -> None:
    answer = await ask(client, message() | {"max_tokens": 1})
    assert (answer["stop_reason"], texts(answer)) == ("max_tokens", ["You"])


async def test_it_keeps_to_a_schema(client: httpx.AsyncClient) -> None:
    wanted = {"format": {"type": "json_schema", "schema": WEATHER}}
    (text,) = texts(await ask(client, message(output_config=wanted)))
    assert json.loads(text) == {"location": "Paris", "days": 7}


async def test_a_refusal_says_nothing(client: httpx.AsyncClient) -> None:
    answer = await ask(client, message(model="sim-block"))
    assert (answer["stop_reason"], answer["content"]) == ("refusal", [])


async def test_system_turns_are_taken(client: httpx.AsyncClient) -> None:
    body = message("Hi")
    body["messages"].append({"role": "system", "content": "Be brief."})
    assert texts(await ask(client, body)) == ["You said: Hi"]


async def test_an_error_in_mid_stream_has_its_event(client: httpx.AsyncClient) -> None:
    events = await stream(client, message(model="sim-error-midstream"))
    assert events[-1]["error"]["type"] == "overloaded_error"


async def test_tokens_are_counted(client: httpx.AsyncClient) -> None:
    body = {"model": "claude-sonnet-5", "messages": message("one two")["messages"]}
    answer = await client.post(PATH + "/count_tokens", json=body)
    assert answer.json() == {"input_tokens": 2}


async def test_models_are_listed_by_header_too(client: httpx.AsyncClient) -> None:
    listing = (await client.get("/anthropic/v1/models")).json()
    assert listing["data"][0]["id"] == listing["first_id"]
    headers = {"x-api-key": "k", "anthropic-version": "2023-06-01"}
    async with httpx.AsyncClient(base_url=client.base_url, headers=headers) as plain:
        assert (await plain.get("/v1/models")).json() == listing
    one = (await client.get(f"/anthropic/v1/models/{listing['last_id']}")).json()
    assert one == listing["data"][-1]


USE = {"type": "tool_use", "id": "t1", "name": "f", "input": {}}
RESULT = {"type": "tool_result", "tool_use_id": "t1", "content": ""}


def says(role: str, *content: JSON | str) -> JSON:
    return {"role": role, "content": list(content)}


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"max_tokens": None}, "max_tokens: Field required"),
        ({"max_tokens": 0}, "max_tokens: Input"),
        ({"messages": []}, "messages: at least one message is required"),
        ({"messages": ["x"]}, "messages.0: Input does not match"),
        ({"messages": [says("robot")]}, "messages.0.role"),
        ({"messages": [{"role": "user"}]}, "messages.0.content"),
        ({"messages": [says("user", "x")]}, "messages.0.content.0.type"),
        ({"messages": [says("user", {"type": "text", "text": ""})]}, "must be non-empty"),
        ({"messages": [says("assistant", {"type": "thinking", "thinking": "x", "signature": "x"})]},
         "Invalid `signature`"),
        ({"messages": [says("user", RESULT)]}, "messages.0.content.0: unexpected `tool_use_id`"),
        ({"messages": [says("assistant", USE), says("user", {"type": "text", "text": "x"})]},
         "messages.0: `tool_use` ids were found without"),
        ({"thinking": {"type": "enabled", "budget_tokens": 5}}, "thinking.enabled.budget_tokens"),
        ({"thinking": {"type": "enabled", "budget_tokens": 9999}}, "must be greater"),
        ({"tools": [{"name": "f"}]}, "tools.0.custom.input_schema: Field required"),
    ],
)  # fmt: skip
async def test_mistakes_are_named(client: httpx.AsyncClient, change: JSON, words: str) -> None:
    answer = await client.post(PATH, json=message() | change)
    assert (answer.status_code, answer.json()["error"]["type"]) == (400, "invalid_request_error")
    assert words in answer.json()["error"]["message"]


async def test_the_version_is_demanded(client: httpx.AsyncClient) -> None:
    answer = await client.post(PATH, json=message(), headers={"anthropic-version": ""})
    assert "anthropic-version" in answer.json()["error"]["message"]


@pytest.mark.parametrize("refusal", list(Refusal))
async def test_refusals_have_its_shape(
    client: httpx.AsyncClient, upstream: Upstream, refusal: Refusal
) -> None:
    upstream.fail("key-a", str(refusal))
    answer = await client.post(PATH, json=message())
    assert answer.status_code in {400, 401, 403, 404, 413, 429, 500, 529}
    assert answer.json()["request_id"] == answer.headers["request-id"]
    assert ("retry-after" in answer.headers) is (answer.status_code == 429)
