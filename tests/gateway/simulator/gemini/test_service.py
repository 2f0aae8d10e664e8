"""The Gemini API's shapes, on the wire."""

from __future__ import annotations

import base64
import json
from typing import Any

import httpx
import pytest

from tests.gateway.simulator.shapes import JSON, PIXEL, PIXEL_DIGEST, WEATHER, crlf_events, gemini

TOOLS = [
    {
        "functionDeclarations": [
            {"name": "get_weather", "parametersJsonSchema": WEATHER},
            {"name": "get_time"},
        ]
    }
]
GENERATIONS = ["gemini-2.0-flash", "gemini-2.5-flash", "gemini-3-pro-preview", "gemini-3.5-flash"]


async def ask(client: httpx.AsyncClient, model: str, body: JSON, version: str = "v1beta") -> Any:
    answer = await client.post(f"/{version}/models/{model}:generateContent", json=body)
    assert answer.headers["content-type"] == "application/json; charset=UTF-8"
    return answer.json()


async def stream(client: httpx.AsyncClient, model: str, body: JSON) -> list[JSON]:
    answer = await client.post(f"/v1beta/models/{model}:streamGenerateContent?alt=sse", json=body)
    assert answer.headers["content-type"] == "text/event-stream"
    return crlf_events(answer.content)


def parts(answer: JSON) -> list[JSON]:
    found: list[JSON] = answer["candidates"][0]["content"]["parts"]
    return found


@pytest.mark.parametrize("version", ["v1", "v1beta", "gemini/v1beta"])
async def test_it_answers_whole(client: httpx.AsyncClient, version: str) -> None:
    answer = await ask(client, "gemini-2.0-flash", gemini("Grüße"), version)
    (candidate,) = answer["candidates"]
    assert candidate == {
        "content": {"parts": [{"text": "You said: Grüße"}], "role": "model"},
        "finishReason": "STOP",
        "index": 0,
    }
    assert answer["modelVersion"] == "gemini-2.0-flash"


@pytest.mark.parametrize("model", GENERATIONS)
async def test_a_stream_says_the_same_in_chunks(client: httpx.AsyncClient, model: str) -> None:
    chunks = await stream(client, model, gemini("Hello to all of you"))
    text = "".join(part["text"] for chunk in chunks for part in parts(chunk))
    assert len(chunks) > 2 and text == "You said: Hello to all of you"
    finishes = [chunk["candidates"][0].get("finishReason") for chunk in chunks]
    assert finishes == [None] * (len(chunks) - 1) + ["STOP"]
    assert len({chunk["responseId"] for chunk in chunks}) == 1


async def test_without_sse_a_stream_is_a_json_array(client: httpx.AsyncClient) -> None:
    path = "/v1beta/models/gemini-2.5-flash:streamGenerateContent"
    answer = await client.post(path, json=gemini())
    assert answer.headers["content-type"] == "application/json; charset=UTF-8"
    assert answer.content.startswith(b"[{\n") and answer.content.endswith(b"}\n]")
    assert answer.content.count(b"}\n,\r\n{") == len(json.loads(answer.content)) - 1


@pytest.mark.parametrize("model", GENERATIONS)
async def test_usage_adds_up_in_every_chunk(client: httpx.AsyncClient, model: str) -> None:
    body = gemini(tools=[{"codeExecution": {}}])
    body["contents"][0]["parts"].append({"inlineData": {"mimeType": "image/png", "data": PIXEL}})
    for answer in [*await stream(client, model, body), await ask(client, model, body)]:
        usage = answer["usageMetadata"]
        fields = ("promptTokenCount", "candidatesTokenCount", "thoughtsTokenCount")
        total = sum(usage.get(name, 0) for name in (*fields, "toolUsePromptTokenCount"))
        assert usage["totalTokenCount"] == total
        assert sum(d["tokenCount"] for d in usage["promptTokensDetails"]) == usage[fields[0]]


async def test_a_stream_ends_with_the_usage_of_the_whole(client: httpx.AsyncClient) -> None:
    *_, last = await stream(client, "gemini-3.5-flash", gemini(tools=TOOLS))
    whole = await ask(client, "gemini-3.5-flash", gemini(tools=TOOLS))
    assert last["usageMetadata"] == whole["usageMetadata"]


async def test_thoughts_are_parts_without_a_signature(client: httpx.AsyncClient) -> None:
    body = gemini(generationConfig={"thinkingConfig": {"include_thoughts": True}})
    thought, said = parts(await ask(client, "gemini-3-pro-preview", body))
    assert thought["thought"] is True and "thoughtSignature" not in thought
    assert said["thoughtSignature"]


async def test_the_third_generation_signs_an_empty_last_chunk(client: httpx.AsyncClient) -> None:
    *_, last = await stream(client, "gemini-3-pro-preview", gemini())
    (part,) = parts(last)
    assert part.keys() == {"text", "thoughtSignature"} and part["text"] == ""


async def test_up_to_2_5_all_calls_come_in_one_chunk(client: httpx.AsyncClient) -> None:
    (chunk,) = await stream(client, "gemini-2.5-flash", gemini(tools=TOOLS))
    first, second = parts(chunk)
    assert first["functionCall"] == {
        "name": "get_weather",
        "args": {"location": "Paris", "days": 7},
    }
    assert second == {"functionCall": {"name": "get_time", "args": {}}}
    assert "thoughtSignature" in first
    candidate = chunk["candidates"][0]
    assert candidate["finishReason"] == "STOP"
    assert candidate["finishMessage"] == "Model generated function call(s)."


async def test_from_3_on_each_call_has_its_chunk(client: httpx.AsyncClient) -> None:
    first, second, last = await stream(client, "gemini-3.5-flash", gemini(tools=TOOLS))
    assert parts(first)[0].keys() == {"functionCall", "thoughtSignature"}
    assert parts(second)[0].keys() == {"functionCall"}
    assert parts(first)[0]["functionCall"]["id"] != parts(second)[0]["functionCall"]["id"]
    assert parts(last) == [{"text": ""}]


@pytest.mark.parametrize(
    ("mode", "called"),
    [
        ({"mode": "NONE"}, []),
        ({"mode": "ANY", "allowedFunctionNames": ["get_time"]}, ["get_time"]),
        ({"mode": "AUTO"}, ["get_weather", "get_time"]),
    ],
)
async def test_the_calling_mode_is_kept_to(
    client: httpx.AsyncClient, mode: JSON, called: list[str]
) -> None:
    body = gemini(tools=TOOLS, toolConfig={"functionCallingConfig": mode})
    said = parts(await ask(client, "gemini-2.5-flash", body))
    assert [part["functionCall"]["name"] for part in said if "functionCall" in part] == called


@pytest.mark.parametrize("alphabet", ["+/", "-_"])
async def test_it_receives_the_very_bytes(client: httpx.AsyncClient, alphabet: str) -> None:
    data = PIXEL.translate(str.maketrans("+/", alphabet))
    body = gemini()
    body["contents"][0]["parts"].append({"inline_data": {"mime_type": "image/png", "data": data}})
    (part,) = parts(await ask(client, "gemini-2.0-flash", body))
    assert f"I received image/png, 70 bytes, sha256 {PIXEL_DIGEST}" in part["text"]


async def test_image_models_paint(client: httpx.AsyncClient) -> None:
    text, image = parts(await ask(client, "gemini-3-pro-image-preview", gemini("A cat")))
    assert "thoughtSignature" in text and "thoughtSignature" in image
    assert image["inlineData"]["mimeType"] == "image/png"
    assert base64.b64decode(image["inlineData"]["data"]).startswith(b"\x89PNG")


@pytest.mark.parametrize("field", ["responseSchema", "responseJsonSchema"])
async def test_it_keeps_to_a_schema(client: httpx.AsyncClient, field: str) -> None:
    schema = {"type": "OBJECT", "properties": {"age": {"type": "INTEGER"}}}
    config = {"responseMimeType": "application/json", field: schema}
    (part,) = parts(await ask(client, "gemini-2.5-flash", gemini(generationConfig=config)))
    assert json.loads(part["text"]) == {"age": 7}


async def test_several_candidates_have_an_index(client: httpx.AsyncClient) -> None:
    body = gemini(generationConfig={"candidateCount": 2})
    answer = await ask(client, "gemini-2.5-flash", body)
    assert [candidate["index"] for candidate in answer["candidates"]] == [0, 1]
    chunks = await stream(client, "gemini-2.5-flash", body)
    assert all(len(chunk["candidates"]) == 1 for chunk in chunks)
    assert {chunk["candidates"][0]["index"] for chunk in chunks} == {0, 1}


async def test_the_limit_and_stop_sequences_have_their_reasons(client: httpx.AsyncClient) -> None:
    short = gemini("one two", generationConfig={"maxOutputTokens": 2})
    stopped = gemini("one two", generationConfig={"stopSequences": [" two"]})
    answers = [await ask(client, "gemini-2.5-flash", body) for body in (short, stopped)]
    assert [a["candidates"][0]["finishReason"] for a in answers] == ["MAX_TOKENS", "STOP"]
    assert parts(answers[1]) == [{"text": "You said: one"}]


async def test_logprobs_come_when_asked_for(client: httpx.AsyncClient) -> None:
    body = gemini(generationConfig={"responseLogprobs": True, "logprobs": 3})
    (candidate,) = (await ask(client, "gemini-2.5-flash", body))["candidates"]
    result = candidate["logprobsResult"]
    assert "".join(c["token"] for c in result["chosenCandidates"]) == "You said: Hello"
    assert {len(top["candidates"]) for top in result["topCandidates"]} == {3}
    assert candidate["avgLogprobs"] < 0


async def test_code_runs_and_its_result_follows(client: httpx.AsyncClient) -> None:
    body = gemini(tools=[{"codeExecution": {}}])
    code, result, *_ = await stream(client, "gemini-3.5-flash", body)
    assert parts(code)[0]["executableCode"]["language"] == "PYTHON"
    assert parts(code)[0]["thoughtSignature"]
    outcome = parts(result)[0]["codeExecutionResult"]
    assert outcome["id"] == parts(code)[0]["executableCode"]["id"]
    assert "index" not in result["candidates"][0]


async def test_grounding_counts_bytes(client: httpx.AsyncClient) -> None:
    chunks = await stream(client, "gemini-2.5-flash", gemini(tools=[{"googleSearch": {}}]))
    assert ["groundingMetadata" in c["candidates"][0] for c in chunks[:-1]] == [False] * (
        len(chunks) - 1
    )
    text = "".join(part["text"] for chunk in chunks for part in parts(chunk)).encode()
    supports = chunks[-1]["candidates"][0]["groundingMetadata"]["groundingSupports"]
    segments = [support["segment"] for support in supports]
    assert "startIndex" not in segments[0]
    for segment in segments:
        cut = text[segment.get("startIndex", 0) : segment["endIndex"]]
        assert cut.decode() == segment["text"]


async def test_a_blocked_prompt_has_no_candidates(client: httpx.AsyncClient) -> None:
    (chunk,) = await stream(client, "sim-block", gemini())
    assert "candidates" not in chunk
    assert chunk["promptFeedback"]["blockReason"]


@pytest.mark.parametrize(
    ("model", "reason", "content"),
    [
        ("sim-block-answer", "SAFETY", {}),
        ("sim-malformed", "MALFORMED_FUNCTION_CALL", {}),
        ("sim-empty", "STOP", {"role": "model"}),
        ("sim-overthink", "MAX_TOKENS", {"role": "model"}),
        ("gemini-3-pro-preview-sim-empty", "STOP", {"role": "model"}),
    ],
)
async def test_an_answer_may_say_nothing(
    client: httpx.AsyncClient, model: str, reason: str, content: JSON
) -> None:
    (chunk,) = await stream(client, model, gemini())
    for answer in (chunk, await ask(client, model, gemini())):
        assert answer["candidates"][0]["finishReason"] == reason
        assert answer["candidates"][0]["content"] == content


async def test_an_error_in_mid_stream_is_bare_json(client: httpx.AsyncClient) -> None:
    path = "/v1beta/models/sim-error-midstream:streamGenerateContent?alt=sse"
    body = (await client.post(path, json=gemini())).content
    events, _, error = body.rpartition(b"\r\n\r\n")
    assert events.startswith(b"data: ")
    assert json.loads(error)["error"]["status"] == "CANCELLED"


async def test_tokens_are_counted_both_ways(client: httpx.AsyncClient) -> None:
    path = "/v1beta/models/gemini-2.5-flash:countTokens"
    plain = (await client.post(path, json=gemini("one two"))).json()
    nested = (await client.post(path, json={"generateContentRequest": gemini("one two")})).json()
    assert plain == nested
    assert plain == {
        "totalTokens": 2,
        "promptTokensDetails": [{"modality": "TEXT", "tokenCount": 2}],
    }


async def test_it_embeds_one_and_many(client: httpx.AsyncClient) -> None:
    path = "/v1beta/models/gemini-embedding-001:"
    one = {"content": {"parts": [{"text": "a"}]}, "outputDimensionality": 8}
    single = (await client.post(path + "embedContent", json=one)).json()
    many = {"requests": [{**one, "model": "models/gemini-embedding-001"}] * 2}
    batch = (await client.post(path + "batchEmbedContents", json=many)).json()
    assert len(single["embedding"]["values"]) == 8
    assert batch == {"embeddings": [single["embedding"]] * 2}


async def test_models_are_listed_in_pages(client: httpx.AsyncClient) -> None:
    names: list[str] = []
    token = ""
    while True:
        query = {"pageSize": "5", "pageToken": token}
        page = (await client.get("/v1beta/models", params=query)).json()
        names += [model["name"] for model in page["models"]]
        token = page.get("nextPageToken", "")
        if not token:
            break
    assert len(names) == len(set(names)) > 5
    one = (await client.get(f"/v1beta/{names[0]}")).json()
    assert one["name"] == names[0]


async def test_a_missing_model_is_404(client: httpx.AsyncClient) -> None:
    answer = await client.get("/v1/models/nothing")
    assert answer.json()["error"]["status"] == "NOT_FOUND"
