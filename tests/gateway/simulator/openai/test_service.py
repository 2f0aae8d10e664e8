"""OpenAI's shapes, on the wire."""

from __future__ import annotations

import base64
import json
import struct
from typing import Any

import httpx
import pytest

from tests.gateway.simulator.shapes import JSON, PIXEL, PIXEL_DIGEST, WEATHER, chat, lf_events
from tests.support.simulator import Upstream

PATH = "/openai/v1/chat/completions"
TOOLS = [
    {"type": "function", "function": {"name": "get_weather", "parameters": WEATHER}},
    {"type": "function", "function": {"name": "get_time"}},
]


async def ask(client: httpx.AsyncClient, body: JSON) -> Any:
    return (await client.post(PATH, json=body)).json()


async def stream(client: httpx.AsyncClient, body: JSON) -> list[JSON]:
    answer = await client.post(PATH, json=body | {"stream": True})
    assert answer.headers["content-type"] == "text/event-stream; charset=utf-8"
    *events, done = lf_events(answer.content)
    assert done == ("", "[DONE]")
    assert {name for name, _ in events} == {""}
    return [json.loads(data) for _, data in events]


def deltas(chunks: list[JSON]) -> list[JSON]:
    return [choice["delta"] for chunk in chunks for choice in chunk["choices"]]


@pytest.mark.parametrize("prefix", ["/openai/v1", "/v1", "/anything/v2"])
async def test_it_answers_whole(client: httpx.AsyncClient, prefix: str) -> None:
    answer = (await client.post(f"{prefix}/chat/completions", json=chat("Grüße"))).json()
    assert answer["choices"] == [
        {
            "index": 0,
            "message": {
                "role": "assistant",
                "content": "You said: Grüße",
                "refusal": None,
                "annotations": [],
            },
            "logprobs": None,
            "finish_reason": "stop",
        }
    ]
    assert (answer["object"], answer["model"]) == ("chat.completion", "gpt-5")


async def test_a_stream_begins_with_the_role_and_ends_with_the_reason(
    client: httpx.AsyncClient,
) -> None:
    chunks = await stream(client, chat("Hello"))
    first, *middle, last = deltas(chunks)
    assert first == {"role": "assistant", "content": "", "refusal": None}
    assert "".join(delta["content"] for delta in middle) == "You said: Hello"
    assert last == {}
    assert chunks[-1]["choices"][0]["finish_reason"] == "stop"
    assert all("usage" not in chunk for chunk in chunks)


async def test_usage_comes_last_when_asked_for(client: httpx.AsyncClient) -> None:
    body = chat("Hello", reasoning_effort="low")
    *chunks, last = await stream(client, body | {"stream_options": {"include_usage": True}})
    assert all(chunk["usage"] is None for chunk in chunks)
    assert last["choices"] == []
    assert last["usage"] == (await ask(client, body))["usage"]


async def test_reasoning_is_part_of_the_completion(client: httpx.AsyncClient) -> None:
    usage = (await ask(client, chat("Hello", reasoning_effort="low")))["usage"]
    reasoning = usage["completion_tokens_details"]["reasoning_tokens"]
    assert 0 < reasoning < usage["completion_tokens"]
    assert usage["total_tokens"] == usage["prompt_tokens"] + usage["completion_tokens"]


async def test_calls_come_one_after_the_other(client: httpx.AsyncClient) -> None:
    chunks = await stream(client, chat("weather", tools=TOOLS))
    assert deltas(chunks)[0] == {"role": "assistant", "content": None}
    calls = [delta["tool_calls"][0] for delta in deltas(chunks) if "tool_calls" in delta]
    heads = [call for call in calls if "id" in call]
    assert [h["function"] for h in heads] == [
        {"name": "get_weather", "arguments": ""},
        {"name": "get_time", "arguments": ""},
    ]
    arguments = [
        "".join(c["function"]["arguments"] for c in calls if c["index"] == n) for n in (0, 1)
    ]
    assert [json.loads(each) for each in arguments] == [{"location": "Paris", "days": 7}, {}]
    assert chunks[-1]["choices"][0]["finish_reason"] == "tool_calls"


async def test_a_call_forced_by_name_ends_with_stop(client: httpx.AsyncClient) -> None:
    choice = {"type": "function", "function": {"name": "get_time"}}
    (said,) = (await ask(client, chat(tools=TOOLS, tool_choice=choice)))["choices"]
    assert [call["function"]["name"] for call in said["message"]["tool_calls"]] == ["get_time"]
    assert (said["message"]["content"], said["finish_reason"]) == (None, "stop")


async def test_custom_tools_get_free_text(client: httpx.AsyncClient) -> None:
    tools = [{"type": "custom", "custom": {"name": "patch"}}]
    (call,) = (await ask(client, chat(tools=tools)))["choices"][0]["message"]["tool_calls"]
    assert (call["type"], call["custom"]["name"]) == ("custom", "patch")
    assert call["custom"]["input"]


async def test_functions_are_called_the_old_way(client: httpx.AsyncClient) -> None:
    body = chat(functions=[{"name": "get_weather", "parameters": WEATHER}])
    (said,) = (await ask(client, body))["choices"]
    assert said["finish_reason"] == "function_call"
    streamed = [
        d["function_call"] for d in deltas(await stream(client, body)) if d.get("function_call")
    ]
    assert (
        "".join(d["arguments"] for d in streamed) == said["message"]["function_call"]["arguments"]
    )


async def test_it_quotes_what_tools_answered(client: httpx.AsyncClient) -> None:
    call = {"id": "c1", "type": "function", "function": {"name": "f", "arguments": "{}"}}
    body = chat()
    body["messages"] += [
        {"role": "assistant", "tool_calls": [call]},
        {"role": "tool", "tool_call_id": "c1", "content": [{"type": "text", "text": "42"}]},
    ]
    said = (await ask(client, body))["choices"][0]["message"]["content"]
    assert said == "The tool f answered: 42"


async def test_choices_of_a_stream_take_turns(client: httpx.AsyncClient) -> None:
    chunks = await stream(client, chat(n=2))
    assert all(len(chunk["choices"]) == 1 for chunk in chunks)
    assert [chunk["choices"][0]["index"] for chunk in chunks[:4]] == [0, 1, 0, 1]


async def test_logprobs_come_when_asked_for(client: httpx.AsyncClient) -> None:
    body = chat("Grüße", logprobs=True, top_logprobs=2)
    content = (await ask(client, body))["choices"][0]["logprobs"]["content"]
    assert b"".join(bytes(token["bytes"]) for token in content).decode() == "You said: Grüße"
    assert {len(token["top_logprobs"]) for token in content} == {2}
    first, *_ = await stream(client, body)
    assert first["choices"][0]["logprobs"] == {"content": [], "refusal": None}


async def test_attachments_arrive_byte_by_byte(client: httpx.AsyncClient) -> None:
    body = chat()
    body["messages"][0]["content"] = [
        {"type": "text", "text": "look"},
        {"type": "image_url", "image_url": {"url": f"data:image/png;base64,{PIXEL}"}},
        {"type": "input_audio", "input_audio": {"format": "wav", "data": "YWJj"}},
        {"type": "file", "file": {"file_data": "data:application/pdf;base64,YWJj"}},
    ]
    said = (await ask(client, body))["choices"][0]["message"]["content"]
    assert f"image/png, 70 bytes, sha256 {PIXEL_DIGEST}" in said
    assert "audio/wav, 3 bytes" in said and "application/pdf, 3 bytes" in said


async def test_it_keeps_to_a_schema(client: httpx.AsyncClient) -> None:
    schema = {"type": "json_schema", "json_schema": {"name": "x", "schema": WEATHER}}
    said = (await ask(client, chat(response_format=schema)))["choices"][0]["message"]["content"]
    assert json.loads(said) == {"location": "Paris", "days": 7}


async def test_compatible_services_show_their_reasoning(client: httpx.AsyncClient) -> None:
    body = chat(model="deepseek-reasoner", reasoning_effort="low")
    thought = (await ask(client, body))["choices"][0]["message"]["reasoning_content"]
    streamed = [
        d["reasoning_content"]
        for d in deltas(await stream(client, body))
        if "reasoning_content" in d
    ]
    assert "".join(streamed) == thought != ""


async def test_image_models_paint(client: httpx.AsyncClient) -> None:
    message = (await ask(client, chat(model="some-image")))["choices"][0]["message"]
    assert message["images"][0]["image_url"]["url"].startswith("data:image/png;base64,iVBOR")


async def test_an_error_in_mid_stream_is_followed_by_nothing(client: httpx.AsyncClient) -> None:
    answer = await client.post(PATH, json=chat(model="sim-error-midstream", stream=True))
    *_, (_, last) = lf_events(answer.content)
    assert json.loads(last)["error"]["type"] == "server_error"


async def test_embeddings_are_floats_or_base64(client: httpx.AsyncClient) -> None:
    body = {"model": "text-embedding-3-small", "input": ["a", "b"], "dimensions": 4}
    path = "/openai/v1/embeddings"
    plain = (await client.post(path, json=body)).json()
    coded = (await client.post(path, json=body | {"encoding_format": "base64"})).json()
    unpacked = [struct.unpack("<4f", base64.b64decode(d["embedding"])) for d in coded["data"]]
    for floats, item in zip(unpacked, plain["data"], strict=True):
        assert floats == pytest.approx(item["embedding"], abs=1e-6)
    assert plain["usage"] == {"prompt_tokens": 2, "total_tokens": 2}


async def test_models_are_listed(client: httpx.AsyncClient) -> None:
    models = (await client.get("/openai/v1/models")).json()["data"]
    one = (await client.get(f"/openai/v1/models/{models[0]['id']}")).json()
    assert one == models[0] and one["object"] == "model"
    assert (await client.get("/openai/v1/models/nothing")).status_code == 404


@pytest.mark.parametrize(
    ("change", "param", "code"),
    [
        ({"model": None}, None, None),
        ({"messages": None}, "messages", "missing_required_parameter"),
        ({"messages": []}, "messages", "empty_array"),
        ({"messages": [{"role": "x", "content": ""}]}, "messages[0].role", "invalid_value"),
        ({"messages": [{"role": "user", "content": 5}]}, "messages[0].content", "invalid_type"),
        ({"messages": [{"role": "tool", "tool_call_id": "x", "content": ""}]},
         "messages.[0].role", None),
        ({"messages": [{"role": "assistant", "tool_calls": [{"id": "c"}]},
                       {"role": "user", "content": "x"}]}, "messages.[1].role", None),
        ({"stream_options": {"include_usage": True}}, "stream_options", None),
        ({"n": 129}, "n", "integer_above_max_value"),
        ({"tools": [{"type": "function"}]}, "tools[0]", "missing_required_parameter"),
    ],
)  # fmt: skip
async def test_mistakes_are_named(
    client: httpx.AsyncClient, change: JSON, param: str | None, code: str | None
) -> None:
    answer = await client.post(PATH, json=chat() | change)
    error = answer.json()["error"]
    assert (answer.status_code, error["type"]) == (400, "invalid_request_error")
    assert (error["param"], error["code"]) == (param, code)


@pytest.mark.parametrize(
    ("order", "status", "code"),
    [
        ("401", 401, "invalid_api_key"),
        ("403", 403, "model_not_found"),
        ("404", 404, "model_not_found"),
        ("413", 413, None),
        ("429-minute", 429, "rate_limit_exceeded"),
        ("429-day", 429, "insufficient_quota"),
        ("500", 500, None),
        ("503", 503, None),
    ],
)
async def test_refusals_have_its_codes(
    client: httpx.AsyncClient, upstream: Upstream, order: str, status: int, code: str | None
) -> None:
    upstream.fail("key-a", order)
    answer = await client.post(PATH, json=chat())
    assert (answer.status_code, answer.json()["error"]["code"]) == (status, code)
    assert ("retry-after" in answer.headers) is (order == "429-minute")


async def test_a_missing_key_is_401(client: httpx.AsyncClient) -> None:
    async with httpx.AsyncClient(base_url=client.base_url) as stranger:
        answer = await stranger.post(PATH, json=chat())
    assert answer.status_code == 401
