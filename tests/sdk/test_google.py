"""Google's own SDK, two major versions (the newer calls `/v1/models/…`), over both upstreams."""

from __future__ import annotations

import pytest

from gateway.simulator import media, seal
from tests.sdk.conftest import MODELS, PICTURE, Visit

CALLS = [["get_weather", {"location": "Paris"}], ["get_time", {"city": "Paris"}]]
RESULTS = (
    "The tool get_weather answered: get_weather is fine\n"
    "The tool get_time answered: get_time is fine"
)
THOUGHT = "The question is short and clear. A short answer will do."


def test_it_gets_a_text(genai_visit: Visit) -> None:
    seen = genai_visit.saw("text")
    assert (seen["text"], seen["role"]) == ("You said: [text] hello", "model")
    assert seen["finish"] == "STOP"


def test_its_usage_adds_up(genai_visit: Visit) -> None:
    usage = genai_visit.saw("text")["usage"]
    assert (usage["prompt"], usage["output"]) == (9, 7)
    assert usage["total"] == usage["prompt"] + usage["output"] + (usage["thinking"] or 0)


def test_it_is_told_the_real_model(genai_visit: Visit) -> None:
    real = {"gemini": "gemini-2.5-flash", "openai": "gpt-5"}
    assert genai_visit.saw("text")["model"] == real[genai_visit.upstream]


def test_its_system_text_reaches_the_upstream(genai_visit: Visit) -> None:
    (body,) = genai_visit.asked("text")
    assert "[text] Be brief." in str(body.get("systemInstruction", body.get("messages")))


def test_it_gets_a_stream(genai_visit: Visit) -> None:
    seen = genai_visit.saw("stream")
    assert seen["text"] == "You said: [stream] hello"
    assert seen["finish"] == ["STOP"]
    assert seen["usage"]["prompt"] == 4


@pytest.mark.parametrize("scenario", ["tools", "tools_stream"])
def test_it_gets_two_parallel_calls_and_sends_their_results(
    genai_visit: Visit, scenario: str
) -> None:
    seen = genai_visit.saw(scenario)
    assert seen["calls"] == CALLS
    assert (seen["text"], seen["last"]) == (RESULTS, "STOP")


@pytest.mark.parametrize("scenario", ["tools", "tools_stream"])
def test_the_signature_of_a_call_comes_back_to_gemini(genai_visit: Visit, scenario: str) -> None:
    signs = genai_visit.upstream == "gemini"
    assert genai_visit.saw(scenario)["signed"] == [signs, False]
    _, body = genai_visit.asked(scenario)
    if not signs:
        assert "signature" not in str(body).lower()
        return
    parts = [part for content in body["contents"] for part in content["parts"]]
    first = next(part for part in parts if "functionCall" in part)
    assert seal.genuine(first["thoughtSignature"])


def test_it_calls_a_python_function_by_itself(genai_visit: Visit) -> None:
    seen = genai_visit.saw("automatic")
    assert seen["places"] == ["Paris"]
    assert seen["text"] == "The tool get_weather answered: sunny"


def test_it_keeps_up_a_chat(genai_visit: Visit) -> None:
    seen = genai_visit.saw("chat")
    assert seen["texts"] == ["You said: [chat] one", "You said: [chat] two"]
    assert seen["turns"] == 4


def test_it_is_shown_the_thoughts(genai_visit: Visit) -> None:
    seen = genai_visit.saw("thinking")
    assert seen["text"] == "You said: [thinking] hello"
    assert (seen["thoughts"], seen["tokens"]) == (THOUGHT, 16)


def test_its_image_arrives_byte_for_byte(genai_visit: Visit) -> None:
    what = f"image/png, {len(PICTURE)} bytes, sha256 {media.digest(PICTURE)}"
    assert f"I received {what}" in genai_visit.saw("image")["text"]


def test_it_parses_a_structured_answer(genai_visit: Visit) -> None:
    assert genai_visit.saw("parse")["parsed"] == {"city": "Paris", "days": 7}


def test_it_counts_tokens(genai_visit: Visit) -> None:
    """Gemini counts itself; for upstreams that cannot, the gateway estimates."""
    tokens = genai_visit.saw("count")["tokens"]
    if genai_visit.upstream == "gemini":
        assert tokens == 6
    else:
        assert 3 <= tokens <= 20


def test_it_gets_embeddings(genai_visit: Visit) -> None:
    seen = genai_visit.saw("embeddings")
    size = {"gemini": 3072, "openai": 1536}[genai_visit.upstream]
    for vector, text in zip(seen["vectors"], ("one", "two"), strict=True):
        assert vector == pytest.approx(media.vector(f"[embeddings] {text}", size), abs=1e-7)
    assert seen["short"] == pytest.approx(media.vector("[embeddings] one", 64), abs=1e-7)


def test_it_gets_as_many_candidates_as_it_asks_for(genai_visit: Visit) -> None:
    hello = "You said: [choices] hello"
    assert genai_visit.saw("choices")["texts"] == [hello, f"{hello} (choice 2)"]


def test_it_stops_at_a_sequence(genai_visit: Visit) -> None:
    seen = genai_visit.saw("stop")
    assert (seen["text"], seen["finish"]) == ("You said: [stop] one ", "STOP")


def test_it_limits_the_answer(genai_visit: Visit) -> None:
    seen = genai_visit.saw("limit")
    assert (seen["text"], seen["finish"]) == ("You said:", "MAX_TOKENS")


def test_it_gets_logprobs(genai_visit: Visit) -> None:
    seen = genai_visit.saw("logprobs")
    assert "".join(seen["tokens"]) == seen["text"] == "You said: [logprobs] hello"
    assert seen["negative"]
    assert seen["top"] == [2] * len(seen["tokens"])


def test_its_async_client_streams_concurrently(genai_visit: Visit) -> None:
    texts = [f"You said: [concurrent] {number}" for number in range(5)]
    assert genai_visit.saw("concurrent")["texts"] == texts


def test_it_lists_models(genai_visit: Visit) -> None:
    seen = genai_visit.saw("models")
    listed = f"models/{MODELS[genai_visit.upstream]['listed']}"
    assert listed in seen["ids"]
    assert len(set(seen["ids"])) == len(seen["ids"])
    assert seen["one"] == listed
    assert "generateContent" in seen["actions"]


@pytest.mark.parametrize(
    ("scenario", "name", "code", "status"),
    [
        ("bad_key", "ClientError", 401, "UNAUTHENTICATED"),
        ("empty_key", "ClientError", 429, "RESOURCE_EXHAUSTED"),
        ("missing_model", "ClientError", 404, "NOT_FOUND"),
        ("bad_request", "ClientError", 400, "INVALID_ARGUMENT"),
        ("no_credential", "ServerError", 503, "UNAVAILABLE"),
    ],
)
def test_it_raises_its_own_error(
    genai_visit: Visit, scenario: str, name: str, code: int, status: str
) -> None:
    seen = genai_visit.saw(scenario)
    assert (seen["class"], seen["code"], seen["status"]) == (name, code, status)
    assert seen["message"]


def test_it_does_not_take_a_broken_stream_for_a_whole_answer(genai_visit: Visit) -> None:
    seen = genai_visit.saw("broken_stream")
    assert seen["text"].startswith("You said: [bro")
    assert seen["finish"] == []
