"""Anthropic's SDK, LangChain, litellm and pydantic-ai, in every dialect they speak."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from typing import Any

import pytest

from tests.sdk import venvs
from tests.sdk.conftest import LIBRARY_MODELS, Stand

CALLS = [["get_weather", {"location": "Paris"}], ["get_time", {"city": "Paris"}]]
RESULTS = re.compile(
    r"The tool get_weather answered: .*sunny in Paris.*\n"
    r"The tool get_time answered: .*noon in Paris.*"
)
"""Some libraries wrap a result in an object for Google."""

THOUGHT = "The question is short and clear. A short answer will do."

SCRIPTS = {
    ("old", "anthropic_messages"): ("anthropic",),
    ("new", "anthropic_messages"): ("anthropic",),
    ("chains", "langchain_chat"): (
        "langchain-chat",
        "langchain-responses",
        "langchain-anthropic",
        "langchain-google",
    ),
    ("chains", "litellm_routes"): ("litellm-openai", "litellm-anthropic", "litellm-gemini"),
    ("agents", "pydantic_agents"): (
        "pydantic-chat",
        "pydantic-responses",
        "pydantic-anthropic",
        "pydantic-google",
    ),
}
"""(environment, script) → the ways to ask that it has."""

Visited = Callable[[str, str], Any]


@pytest.fixture(scope="session")
def visited(stand: Stand) -> Visited:
    """Runs a script once, however many tests look at what it saw."""

    @cache
    def run(venv: str, script: str) -> Any:
        try:
            return venvs.run(venv, script, stand.library())
        except AssertionError as error:
            # Told by every test, and run once all the same.
            return str(error)

    return run


class Saw:
    def __init__(self, seen: Any, way: str, upstream: str) -> None:
        self.way = way
        self.upstream = upstream
        self._seen = seen

    def __call__(self, scenario: str) -> Any:
        found = self._seen[scenario]
        assert "raised" not in found, found["raised"]
        return found


@pytest.fixture(
    params=[
        pytest.param((venv, script, way, upstream), id=f"{venv}-{way}-to-{upstream}")
        for (venv, script), ways in SCRIPTS.items()
        for way in ways
        for upstream in LIBRARY_MODELS
    ]
)
def saw(request: pytest.FixtureRequest, visited: Visited) -> Saw:
    venv, script, way, upstream = request.param
    seen = visited(venv, script)
    assert isinstance(seen, dict), seen
    return Saw(seen[f"{way} {upstream}"], way, upstream)


def test_it_gets_a_text_and_its_usage(saw: Saw) -> None:
    seen = saw("text")
    assert seen["text"] == "You said: [text] hello"
    assert all(tokens > 0 for tokens in seen["usage"])


def test_it_gets_a_stream(saw: Saw) -> None:
    seen = saw("stream")
    assert seen["text"] == "You said: [stream] one two three"
    assert seen["chunks"] >= 1


def test_it_gets_two_parallel_calls_and_sends_their_results(saw: Saw) -> None:
    seen = saw("tools")
    assert seen["calls"] == CALLS
    assert RESULTS.fullmatch(seen["text"]), seen["text"]


def test_it_gets_a_structured_answer(saw: Saw) -> None:
    if saw.way == "litellm-gemini" and saw.upstream != "gemini":
        # It writes the schema into the prompt for models that it does not know.
        assert "Use this JSON schema" in saw("structured")["said"]
        return
    assert saw("structured")["parsed"] == {"city": "Paris", "days": 7}


@pytest.mark.parametrize(
    ("scenario", "status"), [("bad_key", 401), ("empty_key", 429), ("missing", 404)]
)
def test_it_raises_its_own_error(saw: Saw, scenario: str, status: int) -> None:
    seen = saw(scenario)
    assert seen["status"] == status
    assert _expected(saw.way, status) in seen["classes"]
    assert seen["message"]


OWN = {401: "AuthenticationError", 429: "RateLimitError", 404: "NotFoundError"}


def _expected(way: str, status: int) -> str:
    if way == "langchain-google":
        return {404: "GoogleModelNotFoundError"}.get(status, f"Google{OWN[status]}")
    if not way.startswith("pydantic"):
        return OWN[status]
    if status == 429 and way in ("pydantic-chat", "pydantic-responses"):
        # OpenAI's `insufficient_quota` tells it that waiting does not help.
        return "ModelQuotaExceededError"
    return f"Model{OWN[status]}"


@pytest.mark.parametrize("venv", ["old", "new"])
@pytest.mark.parametrize("upstream", LIBRARY_MODELS)
def test_anthropics_sdk_counts_lists_and_thinks(visited: Visited, venv: str, upstream: str) -> None:
    saw = Saw(visited(venv, "anthropic_messages")[f"anthropic {upstream}"], "anthropic", upstream)
    text, stream = saw("text"), saw("stream")
    assert text["stop"] == "end_turn"
    # Gemini and Anthropic count themselves; elsewhere the gateway estimates.
    assert 4 <= text["counted"] <= 8
    assert {"ant-chat", "sim-chat", "gemini-2.5-flash"} <= set(text["models"])
    # OpenAI shows no reasoning in Chat.
    assert stream["thoughts"] == ("" if upstream == "openai" else THOUGHT)
    assert all(tokens > 0 for tokens in stream["usage"])
