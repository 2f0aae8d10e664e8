"""The Responses API's shapes, on the wire."""

from __future__ import annotations

import json
from typing import Any

import httpx
import pytest

from gateway.simulator import seal
from gateway.simulator.openai.responses import read
from gateway.simulator.service import Rejected
from tests.gateway.simulator.shapes import JSON, PIXEL, PIXEL_DIGEST, WEATHER, lf_events
from tests.support import wire

PATH = "/openai/v1/responses"
PROOFS = {"include": ["reasoning.encrypted_content"], "reasoning": {"effort": "low"}}
WEATHERMAN = {"type": "function", "name": "get_weather", "parameters": WEATHER}
PATCH = {"type": "custom", "name": "apply_patch"}


def asked(said: Any = "Hello", /, **more: Any) -> JSON:
    return {"model": "gpt-5", "input": said, **more}


async def ask(client: httpx.AsyncClient, body: JSON) -> Any:
    return (await client.post(PATH, json=body)).json()


async def stream(client: httpx.AsyncClient, body: JSON) -> list[JSON]:
    answer = await client.post(PATH, json=body | {"stream": True})
    assert answer.headers["content-type"] == "text/event-stream; charset=utf-8"
    named = [(name, json.loads(data)) for name, data in lf_events(answer.content)]
    assert all(name == event["type"] for name, event in named)
    assert [event["sequence_number"] for _, event in named] == list(range(len(named)))
    return [event for _, event in named]


def answered(exchange: dict[str, Any]) -> bool:
    request = exchange["request"]
    body = request["body"]
    return (
        exchange["response"]["status"] == 200
        and isinstance(body, dict)
        and request["path"].endswith("/responses")
        and "blob-truncated" not in exchange["features"]
        # What the simulator cannot know is what a real account remembers.
        and not body.keys() & {"previous_response_id", "conversation", "background", "prompt"}
    )


@pytest.mark.parametrize("exchange", wire.exchanges("openai-responses", answered))
def test_recorded_requests_are_accepted(
    exchange: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    # Real proofs are not of the simulator's making.
    monkeypatch.setattr("gateway.simulator.openai.responses.rules._proof", lambda item: None)
    try:
        read.question(exchange["request"]["body"])
    except Rejected as problem:
        pytest.fail(problem.message)


@pytest.mark.parametrize("prefix", ["/openai/v1", "/v1", "/anything/v2"])
async def test_it_answers_whole(client: httpx.AsyncClient, prefix: str) -> None:
    answer = (await client.post(f"{prefix}/responses", json=asked("Grüße"))).json()
    (item,) = answer["output"]
    assert (item["type"], item["role"], item["status"]) == ("message", "assistant", "completed")
    assert item["content"][0]["text"] == "You said: Grüße"
    assert (answer["object"], answer["status"], answer["model"]) == (
        "response",
        "completed",
        "gpt-5",
    )
    assert answer["usage"]["total_tokens"] > 0


@pytest.mark.parametrize(
    "more",
    [
        {},
        {"tools": [WEATHERMAN, PATCH]},
        {**PROOFS, "reasoning": {"effort": "low", "summary": "auto"}},
        {"tools": [{"type": "image_generation"}]},
        {"tools": [{"type": "code_interpreter"}], "include": ["code_interpreter_call.outputs"]},
        {"tools": [{"type": "web_search"}]},
        {"include": ["message.output_text.logprobs"], "top_logprobs": 2},
        {"text": {"format": {"type": "json_schema", "name": "w", "schema": WEATHER}}},
        {"max_output_tokens": 16, "model": "sim-tokens-50"},
    ],
)
async def test_a_stream_tells_each_item_and_ends_with_the_whole(
    client: httpx.AsyncClient, more: JSON
) -> None:
    events = await stream(client, asked(**more))
    assert [event["type"] for event in events[:2]] == ["response.created", "response.in_progress"]
    last = events[-1]["response"]
    assert events[-1]["type"] == f"response.{last['status']}"
    whole = await ask(client, asked(**more))
    assert [item["type"] for item in last["output"]] == [item["type"] for item in whole["output"]]
    assert last["usage"] == whole["usage"]
    done = [event["item"] for event in events if event["type"] == "response.output_item.done"]
    added = [event["item"] for event in events if event["type"] == "response.output_item.added"]
    assert done == last["output"]
    assert [item["id"] for item in added] == [item["id"] for item in done]
    told: dict[str, str] = {}
    for event in events:
        if event["type"].endswith(".delta"):
            told[event["item_id"]] = told.get(event["item_id"], "") + event["delta"]
    for item in done:
        texts = [part["text"] for part in item.get("content") or item.get("summary") or []]
        full = item.get("arguments") or item.get("input") or item.get("code") or "".join(texts)
        assert told.get(item["id"], "") == full


async def test_tools_are_called_and_their_results_are_read(client: httpx.AsyncClient) -> None:
    body = asked("go", tools=[WEATHERMAN, PATCH])
    first = await ask(client, body)
    call, custom = first["output"]
    assert json.loads(call["arguments"])["location"]
    assert custom["input"] == "free text for apply_patch"
    results = [
        {"type": "function_call_output", "call_id": call["call_id"], "output": "18 °C"},
        {
            "type": "custom_tool_call_output",
            "call_id": custom["call_id"],
            "output": [{"type": "input_image", "image_url": f"data:image/png;base64,{PIXEL}"}],
        },
    ]
    told = {"role": "user", "content": "go"}
    again = await ask(client, body | {"input": [told, call, custom, *results]})
    text = again["output"][0]["content"][0]["text"]
    assert "The tool get_weather answered: 18 °C" in text
    assert PIXEL_DIGEST in text


async def test_reasoning_comes_back_with_its_proof(client: httpx.AsyncClient) -> None:
    first = await ask(client, asked(**PROOFS))
    reasoning, message = first["output"]
    assert seal.genuine(reasoning["encrypted_content"])
    assert first["usage"]["output_tokens_details"]["reasoning_tokens"] > 0
    history = [{"role": "user", "content": "Hello"}, reasoning, message]
    again = await client.post(PATH, json=asked([*history, {"role": "user", "content": "more"}]))
    assert again.status_code == 200
    begun = next(
        event["item"]["encrypted_content"]
        for event in await stream(client, asked(**PROOFS))
        if event["type"] == "response.output_item.added"
    )
    for wrong in ("gAAAA", begun):
        altered = [history[0], reasoning | {"encrypted_content": wrong}, message]
        refused = await client.post(PATH, json=asked(altered))
        assert refused.json()["error"]["code"] == "invalid_encrypted_content"


CALL = {"type": "function_call", "call_id": "c1", "name": "f", "arguments": "{}"}
PROVEN = {"type": "reasoning", "id": "rs_1", "summary": [], "encrypted_content": seal.sign("rs_1")}
SAID = {"role": "assistant", "content": [{"type": "output_text", "text": "so"}]}


@pytest.mark.parametrize(
    ("body", "status", "words"),
    [
        ({"input": "x"}, 400, "model"),
        ({"model": "gpt-5"}, 400, "'input'"),
        (asked(n=2), 400, "Unknown parameter: 'n'."),
        (asked(previous_response_id="resp_1"), 400, "resp_1"),
        (asked(conversation="conv_1"), 404, "conv_1"),
        (asked(background=True), 400, "ackground"),
        (asked(max_output_tokens=5), 400, ">= 16"),
        (asked(**PROOFS) | {"model": "gpt-4o"}, 400, "Encrypted content is not supported"),
        (asked(reasoning={"effort": "low"}, model="gpt-4.1"), 400, "reasoning.effort"),
        (asked(5), 400, "expected one of"),
        (asked([5]), 400, "input[0]"),
        (asked([{"role": "model", "content": ""}]), 400, "Supported values are: 'assistant'"),
        (asked([{"role": "user"}]), 400, "input[0].content"),
        (asked([{"role": "assistant", "content": [{"type": "input_text"}]}]), 400, "output_text"),
        (asked([{"role": "user", "content": {}}]), 400, "array of objects or string"),
        (asked([{"type": "item_reference", "id": "msg_1"}]), 404, "msg_1"),
        (asked([CALL]), 400, "No tool output found for function call c1."),
        (asked([{**CALL, "name": None}]), 400, "input[0].name"),
        (asked([{"type": "function_call_output", "call_id": "c9", "output": ""}]), 400, "c9"),
        (asked([{"type": "reasoning", "id": "rs_9", "summary": []}, SAID]), 404, "rs_9"),
        (asked([PROVEN]), 400, "without its required following item"),
        (asked([PROVEN, {"role": "user", "content": "x"}]), 400, "following item"),
        (asked([PROVEN | {"id": "rs_2"}, SAID]), 400, "did not match"),
        (asked(tools=[{"type": "function"}]), 400, "tools[0].name"),
        (asked(tools=[WEATHERMAN | {"strict": True}]), 400, "additionalProperties"),
        (
            asked(
                tools=[
                    {
                        **WEATHERMAN,
                        "strict": True,
                        "parameters": {**WEATHER, "additionalProperties": False},
                    }
                ]
            ),
            400,
            "every key",
        ),
        (asked(text={"format": {"type": "json_schema"}}), 400, "text.format.name"),
        (
            asked([{"role": "user", "content": [{"type": "input_image", "image_url": "data:x"}]}]),
            400,
            "base64",
        ),
        (asked(model="sim-404"), 400, "sim-404"),
        (asked(model="sim-block"), 400, "flagged"),
        (asked(model="sim-429-minute"), 429, "Rate limit"),
    ],
)
async def test_what_the_service_refuses(
    client: httpx.AsyncClient, body: JSON, status: int, words: str
) -> None:
    answer = await client.post(PATH, json=body)
    assert answer.status_code == status
    assert words in answer.json()["error"]["message"]


async def test_a_proven_answer_may_go_on(client: httpx.AsyncClient) -> None:
    answer = await client.post(PATH, json=asked([PROVEN, SAID, {"role": "user", "content": "x"}]))
    assert answer.status_code == 200


async def test_it_remembers_no_answers(client: httpx.AsyncClient) -> None:
    assert (await client.get(f"{PATH}/resp_1")).status_code == 404
    assert (await client.get(PATH)).status_code == 404


@pytest.mark.parametrize(
    ("model", "reason"),
    [("sim-block-answer", "content_filter"), ("sim-overthink", "max_output_tokens")],
)
async def test_an_answer_that_is_not_complete_says_why(
    client: httpx.AsyncClient, model: str, reason: str
) -> None:
    answer = await ask(client, asked(model=model))
    assert (answer["status"], answer["output"]) == ("incomplete", [])
    assert answer["incomplete_details"] == {"reason": reason}


async def test_an_error_in_mid_stream_fails_the_response(client: httpx.AsyncClient) -> None:
    answer = await client.post(PATH, json=asked(model="sim-error-midstream", stream=True))
    names = [name for name, _ in lf_events(answer.content)]
    assert names[0] == "response.created"
    assert names[-2:] == ["error", "response.failed"]


async def test_sources_are_placed_by_characters(client: httpx.AsyncClient) -> None:
    answer = await ask(client, asked(tools=[{"type": "web_search"}]))
    search, message = answer["output"]
    assert search["type"] == "web_search_call"
    part = message["content"][0]
    first = part["annotations"][0]
    assert part["text"][first["start_index"] : first["end_index"]].startswith("Zürich")
