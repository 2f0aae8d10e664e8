"""One simulated upstream and one gateway for all clients, and what came of each of their visits."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import pytest

from gateway.simulator.journal import Exchange
from tests.acceptance.books import Books
from tests.clients import programs
from tests.clients.launch import Desk, Outcome, refusing
from tests.clients.programs import Access, Program
from tests.support.gateway import Gateway, Provider, configure
from tests.support.simulator import Upstream, simulated, upstream

__all__ = ["simulated", "upstream"]

ALL = os.environ.get("CLIENTS") == "all"
"""Every client with every upstream (`make clients`): a minute more than the usual choice."""

PATIENCE = 10.0


@dataclass(frozen=True)
class Service:
    """An upstream: as the request log calls it, how the paths of its answers end, and the models by
    which clients ask for it: an alias, `provider/model`, or a name that nobody claims."""

    name: str
    provider: str
    paths: tuple[str, ...]
    models: Mapping[str, str]

    def model(self, program: Program) -> str:
        return self.models.get(program.name, self.models[""])


SERVICES = {
    each.name: each
    for each in (
        Service("gemini", "gemini", (":streamGenerateContent",), {"": "gemini-3-pro-preview"}),
        Service(
            "anthropic",
            "ant",
            ("/v1/messages",),
            {"": "claude-haiku-4-5", "claude": "ant/claude-opus-5-5", "gemini": "ant/opus"},
        ),
        Service(
            "openai",
            "sim",
            ("/chat/completions", "/responses"),
            {"": "sim/gpt-5", "codex": "gpt-5.5"},
        ),
    )
}

EVERYWHERE = tuple(SERVICES)
CHOSEN = {
    programs.CLAUDE: EVERYWHERE,
    programs.CODEX: EVERYWHERE,
    # These take seconds to start.
    programs.GEMINI: ("anthropic",),
    programs.CODE_ASSIST: ("gemini",),
    programs.QWEN[0]: ("gemini",),
}


def pairs() -> list[tuple[Program, Service]]:
    every = (programs.GEMINI, programs.CODE_ASSIST, programs.CLAUDE, programs.CODEX, *programs.QWEN)
    chosen = dict.fromkeys(every, EVERYWHERE) if ALL else CHOSEN
    return [(program, SERVICES[name]) for program, names in chosen.items() for name in names]


class Row(NamedTuple):
    """Of the request log."""

    client: str
    provider: str
    operation: str
    status: int
    error: str
    tokens: int | None


_ROWS = """SELECT client_dialect, provider, operation, status, error_code, input_tokens
FROM keys_requestrecord WHERE id > %s ORDER BY id"""


@dataclass(frozen=True)
class Visit:
    """What the client printed, what its upstream was asked meanwhile, and what the log says."""

    outcome: Outcome
    requests: tuple[Exchange, ...]
    rows: tuple[Row, ...]

    def asked(self, mark: str) -> list[str]:
        """The bodies in which `mark` is."""
        return [text for each in self.requests if mark in (text := each.body.decode())]


@dataclass(frozen=True)
class Stand:
    upstream: Upstream
    gateway: Gateway
    access: Access

    def visit(self, desk: Desk, program: Program, model: str, prompt: str, *words: str) -> Visit:
        """The client's user asks one thing. `words` go before the program's usual ones."""
        program.settle(desk)
        command = program.command(self.access, model, prompt, *words)
        return self.watch(desk, command, program.env(self.access))

    def watch(self, desk: Desk, command: list[str], env: Mapping[str, str]) -> Visit:
        books = Books(self.gateway)
        ((before,),) = books.query("SELECT coalesce(max(id), 0) FROM keys_requestrecord")
        self.upstream.reset()
        outcome = desk.run(command, env)
        assert self.upstream.wait_idle()
        requests = self.upstream.requests
        return Visit(outcome, requests, self._logged(books, int(before), len(requests)))

    def _logged(self, books: Books, after: int, least: int) -> tuple[Row, ...]:
        """The log is written a moment after the answer."""
        deadline = time.monotonic() + PATIENCE
        while True:
            rows = tuple(Row(*row) for row in books.query(_ROWS, after))
            if len(rows) >= max(least, 1):
                return rows
            if time.monotonic() > deadline:
                raise AssertionError(f"{least} requests, but the log has {rows}")
            time.sleep(0.02)


@pytest.fixture(scope="session")
def stand(tmp_path_factory: pytest.TempPathFactory, simulated: Upstream) -> Iterator[Stand]:
    gateway = configure(
        tmp_path_factory.mktemp("clients"),
        simulated.base,
        keys=["gemini-key"],
        providers=[
            Provider("sim", simulated.openai, ["openai-key"], {"gpt-5.5": "gpt-5.5"}),
            Provider(
                "ant",
                f"{simulated.anthropic}/v1",
                ["anthropic-key"],
                {"claude-haiku-4-5": "claude-haiku-4-5-20251001", "opus": "claude-opus-5-5"},
                kind="anthropic",
            ),
        ],
    )
    with gateway:
        access = Access(gateway.url, gateway.key(quota=1_000_000).secret)
        yield Stand(simulated, gateway, access)


@pytest.fixture(scope="session")
def nowhere() -> Iterator[str]:
    with refusing() as url:
        yield url


@pytest.fixture
def desk(tmp_path: Path, nowhere: str) -> Desk:
    return Desk.make(tmp_path, nowhere)
