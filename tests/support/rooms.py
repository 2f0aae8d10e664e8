"""Fakes of the rooms around the proxy: they remember what they were told, and do no I/O."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator, Collection, Mapping
from concurrent.futures import Executor
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any, cast

from credentials.health import Outcome
from credentials.pool import Access, Lease, Unavailable
from keys.balance import Balance
from keys.cost import Costs
from keys.directory import Directory, Grant
from keys.ledger import Ledger, LedgerDown
from keys.quota import Limit, Refused
from keys.records import RequestRecord
from proxy.call import Call
from proxy.catalog import Catalog
from proxy.dispatch import Patience
from proxy.route import Provider, RouteTable
from proxy.services import Services, Tuning
from proxy.upstreams.anthropic_api import AnthropicApi
from proxy.upstreams.base import Outgoing, Refusal
from proxy.upstreams.client import Client
from proxy.upstreams.gemini_api import GeminiApi
from proxy.upstreams.openai_compatible import OpenAICompatible

NOW = datetime(2026, 1, 1, tzinfo=UTC)
KEY = "sk-" + "k" * 43


class FakeLease:
    def __init__(self, number: int, outcomes: list[tuple[int, Outcome]]) -> None:
        self.access = Access(
            id=number,
            provider="gemini",
            label=f"key {number}",
            secret=f"secret-{number}",
            base_url="",
            extra={},
        )
        self._outcomes = outcomes
        self._reported = False

    def begun(self) -> None:
        assert not self._reported

    def report(self, outcome: Outcome, *, status: int = 0, words: str = "") -> None:
        assert not self._reported, "reported twice"
        self._reported = True
        self._outcomes.append((self.access.id, outcome))


class FakePool:
    """Credentials 1…size, in this order; `outcomes` are the reports in the order they came."""

    def __init__(self, size: int = 1, *, retry_after: float | None = None) -> None:
        self._size = size
        self._retry_after = retry_after
        self.outcomes: list[tuple[int, Outcome]] = []

    def count(self, provider: str) -> int:
        return 2

    def home(self, session: str) -> str:
        return ""

    async def acquire(
        self, provider: str, model: str, exclude: Collection[int] = (), session: str = ""
    ) -> Lease:
        for number in range(1, self._size + 1):
            if number not in exclude:
                return cast(Lease, FakeLease(number, self.outcomes))
        raise Unavailable(self._size, self._retry_after)


class FakeLedger:
    """Holds `quota` units for everybody; `settled` maps request ids to "charged or not"."""

    def __init__(self, quota: int = 1_000) -> None:
        self.quota = quota
        self.down = False
        self.settled: dict[str, bool] = {}
        self.models: list[str] = []
        self.records: list[RequestRecord] = []
        self._held: dict[str, int] = {}

    async def reserve(self, key_id: int, units: int, request_id: str, model: str = "") -> None:
        if self.down:
            raise LedgerDown("away")
        self.models.append(model)
        if units > self.quota:
            raise Refused(Limit.TOTAL, needed=units, remaining=self.quota)
        self.quota -= units
        self._held[request_id] = units

    def settle(self, request_id: str, key_id: int, units: int, *, charge: bool) -> None:
        assert request_id not in self.settled, "settled twice"
        self.settled[request_id] = charge
        held = self._held.pop(request_id)
        self.quota += 0 if charge else held

    def record(self, record: RequestRecord) -> None:
        self.records.append(record)


class FakeDirectory:
    def __init__(self, grant: Grant) -> None:
        self._grant = grant

    def find(self, secret: str) -> Grant | None:
        return self._grant if secret == KEY else None

    async def find_or_refresh(self, secret: str) -> Grant | None:
        return self.find(secret)


class Script:
    """What an upstream answers, reply by reply. An Exception among the chunks breaks the answer;
    an asyncio.Event among them is waited for."""

    def __init__(
        self, *chunks: Any, status: int = 200, content_type: str = "application/json"
    ) -> None:
        self.chunks_ = chunks
        self.status = status
        self.content_type = content_type
        self.headers: Mapping[str, str] = {}
        self.closed = False

    async def chunks(self) -> AsyncGenerator[bytes, None]:
        for chunk in self.chunks_:
            if isinstance(chunk, Exception):
                raise chunk
            if isinstance(chunk, bytes):
                yield chunk
            else:
                await chunk.wait()

    async def whole(self) -> bytes:
        return b"".join([chunk async for chunk in self.chunks()])

    async def refusal(self) -> Refusal:
        return Refusal(self.status, self.headers, await self.whole())


class FakeClient:
    """Answers with `scripts`, one after the other; `asked` are the requests it got."""

    def __init__(self, *scripts: Script | Exception) -> None:
        self._scripts = list(scripts)
        self.asked: list[Outgoing] = []

    @asynccontextmanager
    async def open(
        self, outgoing: Outgoing, proxy: str = "", secret: str = ""
    ) -> AsyncIterator[Script]:
        self.asked.append(outgoing)
        script = self._scripts.pop(0)
        if isinstance(script, Exception):
            raise script
        try:
            yield script
        finally:
            script.closed = True


class Rooms:
    """A proxy's surroundings, all fake; `services` is what the door takes."""

    def __init__(
        self,
        *scripts: Script | Exception,
        credentials: int = 1,
        quota: int = 1_000,
        retry_after: float | None = None,
        grant: Grant | None = None,
        tuning: Tuning | None = None,
    ) -> None:
        self.client = FakeClient(*scripts)
        self.pool = FakePool(credentials, retry_after=retry_after)
        self.ledger = FakeLedger(quota)
        self.calls: list[Call] = []
        routes = RouteTable(
            [
                Provider("gemini", GeminiApi("http://gemini.test", "test"), catch_all=True),
                Provider(
                    "sim",
                    OpenAICompatible("http://openai.test/v1", "test"),
                    {"sim-chat": "sim-chat", "nick": "real-name"},
                ),
                Provider("claude", AnthropicApi("http://claude.test", "test"), {"opus": "opus"}),
            ]
        )
        tuned = tuning or Tuning(Patience(3, 60.0), 0, 2**20, show_thoughts=True)
        client = cast(Client, self.client)
        self.services = Services(
            directory=cast(Directory, FakeDirectory(grant or make_grant())),
            ledger=cast(Ledger, self.ledger),
            costs=Costs(lambda since: None, cast(Executor, None)),
            pool=self.pool,
            client=client,
            catalog=Catalog(lambda: routes, self.pool, client),
            routes=lambda: routes,
            tuning=lambda: tuned,
            clock=lambda: NOW,
            address=lambda peer, forwarded: peer,
            transcript=self.calls.append,
            balance=_balance,
        )


async def _balance(key_id: int) -> Balance:
    return Balance(1_000, 0, 0)


def make_grant(**changes: Any) -> Grant:
    fields: dict[str, Any] = {"key_id": 1, "label": "alice", "enabled": True, "expires_at": None}
    return Grant(**{**fields, "models": (), **changes})
