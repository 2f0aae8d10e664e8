"""Kept answers and legacy completions with OpenAI's own SDK, over a translated upstream and over
one of the same dialect."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import httpx
import pytest

from gateway.simulator.app import Simulator
from gateway.simulator.server import Running
from tests.sdk import venvs
from tests.support.gateway import Gateway, Provider, configure

MODELS = {
    "gemini": {"model": "gemini-2.5-flash", "thinker": "gemini-3-pro-preview"},
    "responses": {"model": "up/gpt-4o", "thinker": "up/gpt-5"},
}


@dataclass(frozen=True)
class Stand:
    gateway: Gateway
    key: str
    other_key: str

    def given(self, upstream: str) -> str:
        keys = {"key": self.key, "other_key": self.other_key}
        return json.dumps(
            {**MODELS[upstream], **keys, "base_url": f"{self.gateway.url}/v1", "up": upstream}
        )


@dataclass(frozen=True)
class Visit:
    stand: Stand
    seen: dict[str, Any]

    def saw(self, scenario: str) -> Any:
        found = self.seen[scenario]
        assert "raised" not in found, found["raised"]
        return found


@pytest.fixture(scope="module")
def stand(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stand]:
    with Running(Simulator()) as running:
        openai = f"{running.base}/openai/v1"
        up = Provider("up", openai, keys=["up-key"], kind="openai-responses")
        folder = tmp_path_factory.mktemp("stored")
        gateway = configure(folder, running.base, keys=["gemini-key"], providers=[up])
        with gateway:
            keys = [gateway.key(quota=100_000).secret for _ in range(2)]
            yield Stand(gateway, *keys)


@pytest.fixture(scope="module", params=[(v, u) for v in ("old", "new") for u in MODELS], ids=str)
def visit(request: pytest.FixtureRequest, stand: Stand) -> Visit:
    venv, upstream = request.param
    return Visit(stand, venvs.run(venv, "openai_stored", stand.given(upstream)))


def test_it_goes_on_from_an_answer(visit: Visit) -> None:
    seen = visit.saw("goes_on")
    assert seen["texts"] == ["You said: one", "You said: two"]
    assert (seen["kept"], seen["previous"]) == ("You said: two", True)
    assert seen["items"] == ["one", "You said: one", "two"]
    # Each question brings its own.
    assert seen["instructions"] is None


def test_it_goes_on_in_a_stream_and_from_a_stream(visit: Visit) -> None:
    assert visit.saw("streams") == {
        "said": "You said: two",
        "text": "You said: two",
        "third": "You said: three",
        "items": 5,
    }


def test_it_sends_the_results_of_tools_alone(visit: Visit) -> None:
    seen = visit.saw("calls")
    assert seen["arguments"]["location"]
    assert seen["text"] == "The tool get_weather answered: 18 °C"


def test_it_parses_an_answer(visit: Visit) -> None:
    assert visit.saw("parses")["city"]


MISSING = {
    "retrieve": ["NotFoundError", None],
    "delete": ["NotFoundError", None],
    "continue": ["BadRequestError", "previous_response_not_found"],
}


def test_what_is_deleted_is_gone(visit: Visit) -> None:
    assert visit.saw("deletes") == MISSING


def test_another_key_sees_nothing(visit: Visit) -> None:
    seen = visit.saw("is_private")
    assert seen.pop("own") == "You said: a secret"
    assert seen == {**MISSING, "items": ["NotFoundError", None]}


def test_what_is_not_to_be_kept_is_not(visit: Visit) -> None:
    assert visit.saw("is_not_kept") == {"retrieve": ["NotFoundError", None]}


def test_legacy_completions_complete(visit: Visit) -> None:
    seen = visit.saw("completes")
    assert seen["text"] == "Once uponYou said: Once upon"
    assert (seen["streamed"], seen["finish"]) == ("You said: Once upon", "stop")
    assert (seen["finishes"], seen["usage"]) == (["stop"], [seen["total"]])
    assert seen["suffix"] == ["BadRequestError", "invalid_request"]


def test_a_restart_forgets_nothing(visit: Visit) -> None:
    stand, id = visit.stand, visit.saw("goes_on")["first"]
    stand.gateway.stop()
    stand.gateway.start()
    headers = {"authorization": f"Bearer {stand.key}"}
    url = f"{stand.gateway.url}/v1/responses/{id}"
    found = httpx.get(url, headers=headers, trust_env=False)
    assert found.status_code == 200
    assert found.json()["output"][-1]["content"][0]["text"] == "You said: one"
    # Nothing of it is readable where it lies.
    assert b"You said: one" not in (stand.gateway.folder / "potluck.sqlite3").read_bytes()
