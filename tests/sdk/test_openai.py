"""OpenAI's own SDK, two major versions, over both kinds of upstream."""

from __future__ import annotations

import time

import pytest

from gateway.simulator import media, seal
from tests.sdk.conftest import MODELS, PICTURE, Visit

CALLS = [["get_weather", {"location": "Paris"}], ["get_time", {"city": "Paris"}]]
RESULTS = (
    "The tool get_weather answered: get_weather is fine\n"
    "The tool get_time answered: get_time is fine"
)
THOUGHT = "The question is short and clear. A short answer will do."


def test_it_gets_a_text(openai_visit: Visit) -> None:
    seen = openai_visit.saw("text")
    assert (seen["text"], seen["role"]) == ("You said: [text] hello", "assistant")
    assert (seen["finish"], seen["object"]) == ("stop", "chat.completion")
    usage = seen["usage"]
    assert usage["prompt_tokens"] == 9
    assert usage["total_tokens"] == usage["prompt_tokens"] + usage["completion_tokens"]


def test_it_is_told_the_real_model(openai_visit: Visit) -> None:
    real = {"gemini": "gemini-2.5-flash", "openai": "gpt-5"}
    assert openai_visit.saw("text")["model"] == real[openai_visit.upstream]


def test_it_is_told_the_time_of_the_answer(openai_visit: Visit) -> None:
    assert abs(openai_visit.saw("text")["created"] - time.time()) < 600


def test_its_system_text_reaches_the_upstream(openai_visit: Visit) -> None:
    (body,) = openai_visit.asked("text")
    assert "[text] Be brief." in str(body.get("systemInstruction", body.get("messages")))


def test_it_gets_a_stream(openai_visit: Visit) -> None:
    seen = openai_visit.saw("stream")
    assert seen["text"] == "You said: [stream] hello"
    assert seen["finish"] == ["stop"]
    assert seen["ids"] == 1


def test_its_stream_ends_with_one_usage(openai_visit: Visit) -> None:
    (usage,) = openai_visit.saw("stream")["usage"]
    assert usage["prompt_tokens"] == 4
    assert usage["total_tokens"] == usage["prompt_tokens"] + usage["completion_tokens"]


@pytest.mark.parametrize("scenario", ["tools", "tools_stream"])
def test_it_gets_two_parallel_calls_and_sends_their_results(
    openai_visit: Visit, scenario: str
) -> None:
    seen = openai_visit.saw(scenario)
    assert seen["calls"] == CALLS
    assert len(set(seen["ids"])) == 2
    assert seen["finish"] == "tool_calls"
    assert (seen["text"], seen["last"]) == (RESULTS, "stop")


@pytest.mark.parametrize("scenario", ["tools", "tools_stream"])
def test_the_signature_of_a_call_comes_back_to_gemini(openai_visit: Visit, scenario: str) -> None:
    _, body = openai_visit.asked(scenario)
    if openai_visit.upstream != "gemini":
        assert "signature" not in str(body).lower()
        return
    parts = [part for content in body["contents"] for part in content["parts"]]
    signatures = [part.get("thoughtSignature") for part in parts if "functionCall" in part]
    assert seal.genuine(signatures[0])
    assert signatures[1] is None


@pytest.mark.parametrize("scenario", ["tools", "tools_stream"])
def test_its_calls_have_short_ids(openai_visit: Visit, scenario: str) -> None:
    """A signature must never hide in an id: other providers refuse ids over 64 characters."""
    assert all(0 < len(each) <= 64 for each in openai_visit.saw(scenario)["ids"])


def test_it_is_shown_the_thoughts(openai_visit: Visit) -> None:
    seen = openai_visit.saw("thinking")
    assert seen["text"] == "You said: [thinking] hello"
    assert (seen["thoughts"], seen["tokens"]) == (THOUGHT, 16)


def test_its_image_arrives_byte_for_byte(openai_visit: Visit) -> None:
    what = f"image/png, {len(PICTURE)} bytes, sha256 {media.digest(PICTURE)}"
    assert f"I received {what}\n" in openai_visit.saw("image")["text"]


def test_it_parses_a_structured_answer(openai_visit: Visit) -> None:
    assert openai_visit.saw("parse")["parsed"] == {"city": "Paris", "days": 7}


def test_it_gets_embeddings_as_base64(openai_visit: Visit) -> None:
    seen = openai_visit.saw("embeddings")
    size = {"gemini": 3072, "openai": 1536}[openai_visit.upstream]
    assert seen["indices"] == [0, 1]
    for vector, text in zip(seen["vectors"], ("one", "two"), strict=True):
        # Base64 carries 32-bit floats.
        assert vector == pytest.approx(media.vector(f"[embeddings] {text}", size), abs=1e-7)


def test_it_gets_short_embeddings_as_numbers(openai_visit: Visit) -> None:
    short = openai_visit.saw("embeddings")["short"]
    assert short == pytest.approx(media.vector("[embeddings] one", 64))


def test_it_gets_as_many_choices_as_it_asks_for(openai_visit: Visit) -> None:
    hello = "You said: [choices] hello"
    assert openai_visit.saw("choices")["texts"] == [hello, f"{hello} (choice 2)"]


def test_it_stops_at_a_sequence(openai_visit: Visit) -> None:
    seen = openai_visit.saw("stop")
    assert (seen["text"], seen["finish"]) == ("You said: [stop] one ", "stop")


def test_it_limits_the_answer(openai_visit: Visit) -> None:
    seen = openai_visit.saw("limit")
    assert (seen["text"], seen["finish"]) == ("You said:", "length")


def test_it_gets_logprobs(openai_visit: Visit) -> None:
    seen = openai_visit.saw("logprobs")
    assert "".join(seen["tokens"]) == seen["text"] == "You said: [logprobs] hello"
    assert seen["negative"]
    assert seen["top"] == [2] * len(seen["tokens"])


def test_it_is_told_what_was_dropped(openai_visit: Visit) -> None:
    dropped = openai_visit.saw("dropped")["header"].replace(" ", "").split(",")
    assert ("logit_bias" in dropped) is (openai_visit.upstream == "gemini")


def test_its_async_client_streams_concurrently(openai_visit: Visit) -> None:
    texts = [f"You said: [concurrent] {number}" for number in range(5)]
    assert openai_visit.saw("concurrent")["texts"] == texts


def test_it_lists_models(openai_visit: Visit) -> None:
    seen = openai_visit.saw("models")
    listed = MODELS[openai_visit.upstream]["listed"]
    assert listed in seen["ids"]
    assert len(set(seen["ids"])) == len(seen["ids"])
    assert (seen["one"]["id"], seen["one"]["object"]) == (listed, "model")


@pytest.mark.parametrize(
    ("scenario", "name", "status", "code"),
    [
        ("bad_key", "AuthenticationError", 401, "invalid_api_key"),
        ("empty_key", "RateLimitError", 429, "insufficient_quota"),
        ("missing_model", "NotFoundError", 404, "model_not_found"),
        ("no_credential", "InternalServerError", 503, "no_credential"),
    ],
)
def test_it_raises_its_own_error(
    openai_visit: Visit, scenario: str, name: str, status: int, code: str
) -> None:
    seen = openai_visit.saw(scenario)
    assert (seen["class"], seen["status"], seen["code"]) == (name, status, code)
    assert seen["message"]


def test_it_raises_its_own_error_for_its_own_mistake(openai_visit: Visit) -> None:
    seen = openai_visit.saw("bad_request")
    assert (seen["class"], seen["status"]) == ("BadRequestError", 400)
    assert "messages" in seen["message"]


def test_it_raises_when_the_stream_breaks_off(openai_visit: Visit) -> None:
    seen = openai_visit.saw("broken_stream")
    assert seen["text"].startswith("You said: [bro")
    assert seen["class"] == "APIError"
    assert seen["message"]
