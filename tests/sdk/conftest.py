"""One simulated upstream and one gateway for all SDKs, and what each SDK saw through it."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from gateway.simulator import media
from gateway.simulator.app import Simulator
from gateway.simulator.journal import Exchange
from gateway.simulator.server import Running
from tests.sdk import venvs
from tests.support.gateway import Gateway, Provider, configure

PICTURE = media.png("a picture")

SUBJECTS = [(venv, upstream) for venv in ("old", "new") for upstream in ("gemini", "openai")]
IDS = [f"{venv}-to-{upstream}" for venv, upstream in SUBJECTS]

MODELS = {
    "gemini": {
        "chat": "gemini-2.5-flash",
        "tools": "gemini-3-pro-preview",
        "thinker": "gemini-3-pro-preview",
        "embed": "gemini-embedding-001",
        "listed": "gemini-2.5-flash",
        "missing": "gemini-2.5-flash-sim-404",
        "broken": "gemini-2.5-flash-sim-error-midstream",
    },
    "openai": {
        "chat": "sim-chat",
        "tools": "sim/gpt-5",
        "thinker": "sim/deepseek-reasoner",
        "embed": "sim/text-embedding-3-small",
        "listed": "sim-chat",
        "missing": "sim/sim-404",
        "broken": "sim/sim-error-midstream",
    },
}

LIBRARY_MODELS = {
    "gemini": {
        "chat": "gemini-2.5-flash",
        "tools": "gemini-3-pro-preview",
        "missing": "gemini-2.5-flash-sim-404",
    },
    "anthropic": {"chat": "ant-chat", "tools": "ant/claude-sonnet-4-5", "missing": "ant/sim-404"},
    "openai": {"chat": "sim-chat", "tools": "sim/gpt-5", "missing": "sim/sim-404"},
}
"""What the scripts of `asking.py` ask for, by upstream."""

# A broken answer rests its credential for a while: there must be more of them than such answers.
SPARE = 8


@dataclass(frozen=True)
class Stand:
    simulator: Simulator
    gateway: Gateway
    key: str
    empty_key: str

    def given(self, upstream: str, base_url: str) -> str:
        return json.dumps(
            {
                **MODELS[upstream],
                "orphan": "orphan/any-model",
                "base_url": base_url,
                "key": self.key,
                "empty_key": self.empty_key,
                "image": base64.b64encode(PICTURE).decode(),
            }
        )

    def library(self) -> str:
        """For the scripts of `asking.py`."""
        return json.dumps(
            {
                "root": self.gateway.url,
                "key": self.key,
                "empty_key": self.empty_key,
                "models": LIBRARY_MODELS,
            }
        )


@dataclass(frozen=True)
class Visit:
    """What one SDK saw in all scenarios, and the requests that reached the upstream meanwhile."""

    upstream: str
    seen: dict[str, Any]
    requests: tuple[Exchange, ...]

    def saw(self, scenario: str) -> Any:
        found = self.seen[scenario]
        assert "raised" not in found, found["raised"]
        return found

    def asked(self, scenario: str) -> list[Any]:
        """The JSON bodies of what the upstream was asked in this scenario."""
        mark = f"[{scenario}]".encode()
        return [entry.json for entry in self.requests if mark in entry.body]


@pytest.fixture(scope="session")
def stand(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stand]:
    with Running(Simulator()) as running:
        openai = f"{running.base}/openai/v1"
        gateway = configure(
            tmp_path_factory.mktemp("sdk"),
            running.base,
            keys=[f"gemini-key-{number}" for number in range(SPARE)],
            providers=[
                Provider(
                    "sim",
                    openai,
                    keys=[f"openai-key-{number}" for number in range(SPARE)],
                    models={"sim-chat": "gpt-5"},
                ),
                Provider(
                    "ant",
                    f"{running.base}/anthropic/v1",
                    keys=[f"anthropic-key-{number}" for number in range(SPARE)],
                    models={"ant-chat": "claude-haiku-4-5-20251001"},
                    kind="anthropic",
                ),
                Provider("orphan", openai),
            ],
        )
        with gateway:
            yield Stand(
                running.simulator,
                gateway,
                key=gateway.key(quota=100_000).secret,
                empty_key=gateway.key(quota=0).secret,
            )


def _visit(stand: Stand, subject: tuple[str, str], script: str, path: str) -> Visit:
    venv, upstream = subject
    stand.simulator.journal.clear()
    seen = venvs.run(venv, script, stand.given(upstream, stand.gateway.url + path))
    return Visit(upstream, seen, stand.simulator.journal.requests)


@pytest.fixture(scope="session", params=SUBJECTS, ids=IDS)
def openai_visit(request: pytest.FixtureRequest, stand: Stand) -> Visit:
    return _visit(stand, request.param, "openai_chat", "/v1")


@pytest.fixture(scope="session", params=SUBJECTS, ids=IDS)
def genai_visit(request: pytest.FixtureRequest, stand: Stand) -> Visit:
    return _visit(stand, request.param, "google_genai", "")
