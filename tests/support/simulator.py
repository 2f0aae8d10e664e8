"""The simulated upstream for tests: a real socket in a thread, and its controls in process.

from tests.support.simulator import upstream  # a fixture

async def test_it_moves_on_to_the_next_key(upstream: Upstream) -> None:
    upstream.fail("key-a", "429-minute", times=1)
    ...
    assert [seen.key for seen in upstream.requests] == ["key-a", "key-b"]
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any

import pytest

from gateway.simulator.app import Simulator
from gateway.simulator.journal import Exchange
from gateway.simulator.reply import Reply
from gateway.simulator.server import Running

PATIENCE = 5.0


class Upstream:
    """`base` is `http://127.0.0.1:<port>`: the root for Gemini and Code Assist.

    `openai` and `anthropic` are the base URLs that those SDKs expect.
    """

    def __init__(self, running: Running) -> None:
        self._simulator = running.simulator
        self.base = running.base
        self.openai = f"{running.base}/openai/v1"
        self.anthropic = f"{running.base}/anthropic"

    def fail(self, key: str, behaviour: str, times: int | None = None) -> None:
        """Requests with `key` get `behaviour` ("429-minute", "cut", …; docs/simulator.md)."""
        self._simulator.behaviours.order(key, behaviour, times)

    def replay(
        self,
        key: str,
        body: bytes,
        *,
        status: int = 200,
        content_type: str = "application/json",
        times: int | None = None,
    ) -> None:
        """Requests with `key` get exactly these bytes, such as a recorded answer."""
        reply = Reply(status=status, content_type=content_type, pieces=(body,))
        self._simulator.behaviours.replay(key, reply, times)

    def heal(self, key: str) -> None:
        self._simulator.behaviours.forget(key)

    def reset(self) -> None:
        self._simulator.reset()

    @property
    def requests(self) -> tuple[Exchange, ...]:
        """Every request so far, oldest first."""
        return self._simulator.journal.requests

    @property
    def last(self) -> Exchange:
        return self.requests[-1]

    @property
    def open(self) -> tuple[Exchange, ...]:
        """Requests whose answer has not ended."""
        return self._simulator.journal.open

    @property
    def bodies(self) -> list[Any]:
        """The JSON body of every request."""
        return [entry.json for entry in self.requests]

    def wait_idle(self, timeout: float = PATIENCE) -> bool:
        """Blocks until no answer is open; not for the thread that runs the gateway's loop."""
        return self._simulator.journal.wait(lambda seen: not any(e.open for e in seen), timeout)

    async def idle(self, timeout: float = PATIENCE) -> bool:
        """The same without blocking the loop."""
        return await asyncio.to_thread(self.wait_idle, timeout)


@pytest.fixture(scope="session")
def simulated() -> Iterator[Upstream]:
    with Running(Simulator()) as running:
        yield Upstream(running)


@pytest.fixture
def upstream(simulated: Upstream) -> Upstream:
    """The session's simulator, with no memory of other tests."""
    simulated.reset()
    return simulated
