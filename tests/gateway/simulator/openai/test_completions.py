"""Legacy completions, on the wire."""

from __future__ import annotations

import json

import httpx
import pytest

from tests.gateway.simulator.shapes import JSON, lf_events

PATH = "/openai/v1/completions"
ASKED = {"model": "gpt-3.5-turbo-instruct", "prompt": "Once upon"}


async def test_it_answers_whole(client: httpx.AsyncClient) -> None:
    answer = (await client.post(PATH, json=ASKED | {"echo": True, "logprobs": 1})).json()
    (choice,) = answer["choices"]
    assert choice["text"] == "Once uponYou said: Once upon"
    assert "".join(choice["logprobs"]["tokens"]) == choice["text"]
    assert (answer["object"], choice["finish_reason"]) == ("text_completion", "stop")


async def test_a_stream_says_the_same(client: httpx.AsyncClient) -> None:
    body = ASKED | {"stream": True, "stream_options": {"include_usage": True}}
    *events, done = lf_events((await client.post(PATH, json=body)).content)
    assert done == ("", "[DONE]")
    *chunks, last = [json.loads(data) for _, data in events]
    assert "".join(each["choices"][0]["text"] for each in chunks) == "You said: Once upon"
    assert last["usage"]["total_tokens"] > 0


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"suffix": "end"}, ["You said: Once upon … end"]),
        ({"prompt": ["a", "b"]}, ["You said: a", "You said: b"]),
        ({"prompt": [1, 2]}, ["You said: [1, 2]"]),
        ({"prompt": [[1], [2]]}, ["You said: [1]", "You said: [2]"]),
        ({"n": 2}, ["You said: Once upon", "You said: Once upon (choice 2)"]),
        ({"stop": "Once", "max_tokens": 9}, ["You said: "]),
    ],
)
async def test_it_does_what_only_completions_can(
    client: httpx.AsyncClient, more: JSON, said: list[str]
) -> None:
    answer = (await client.post(PATH, json=ASKED | more)).json()
    assert [choice["text"] for choice in answer["choices"]] == said


@pytest.mark.parametrize(
    "body",
    [{"model": "m"}, {**ASKED, "messages": []}, {**ASKED, "prompt": []}, {**ASKED, "n": 10**6}],
)
async def test_what_it_refuses(client: httpx.AsyncClient, body: JSON) -> None:
    answer = await client.post(PATH, json=body)
    assert (answer.status_code, answer.json()["error"]["type"]) == (400, "invalid_request_error")
