"""Credentials for tests of the console, and a running gateway that asks nobody."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Iterator
from datetime import UTC, datetime
from typing import Any, NamedTuple, TypeVar, cast

import pytest
from django.conf import settings

from credentials import services
from credentials.caps import Calendar
from credentials.documents import OAuthAccount
from credentials.kinds import Kind
from credentials.probing import Result
from credentials.upkeep import Trouble
from credentials.vault import Vault
from panel import audit, bridge

T = TypeVar("T")

PLANTED = "planted-5ecret-0123456789-abcdef"


class FakeGateway:
    """`ill` do not work, `gone` cannot be opened. `asked` is what was asked of whom."""

    def __init__(self) -> None:
        self.ill: set[int] = set()
        self.gone: set[int] = set()
        self.asked: list[tuple[str, int]] = []
        self.late = False
        self.calendar = Calendar()

    @property
    def probes(self) -> Any:
        return self

    @property
    def upkeep(self) -> Any:
        return self

    def wait(self, work: Coroutine[Any, Any, T], seconds: float = 60.0) -> T:
        if self.late:
            work.close()
            raise TimeoutError
        return asyncio.run(work)

    def vitals(self) -> bridge.Vitals:
        return bridge.Vitals("0", datetime.now(UTC), 0, 0, 1)

    async def test(self, id: int) -> Result:
        self._ask("test", id)
        if id in self.ill:
            return Result(False, "Refused", 401, "The key is unknown.", 0.5)
        return Result(True, "Succeeded", 200, "It works.", 0.25)

    async def renew(self, id: int) -> None:
        self._ask("renew", id)
        if id in self.ill:
            raise Trouble("The account was revoked.")

    async def identify(self, id: int) -> str:
        await self.renew(id)
        return f"person-{id}@example.test"

    def _ask(self, what: str, id: int) -> None:
        self.asked.append((what, id))
        if id in self.gone:
            raise LookupError(PLANTED)


@pytest.fixture
def gateway() -> Iterator[FakeGateway]:
    """Runs around the console."""
    found = FakeGateway()
    # The console asks more of it than these tests do.
    bridge.install(cast(Any, found))
    yield found
    bridge.install(None)


def add(label: str, provider: str = "gemini", kind: Kind = Kind.GEMINI_API, **more: Any) -> int:
    """A key that is stored; each label has a secret of its own, which holds PLANTED."""
    secret = f"{PLANTED}-{label.encode().hex()}"
    return services.add(vault(), provider, kind, secret, label=label, **more)[0].pk


def lend(label: str = "account", **more: Any) -> int:
    """A person's Google account."""
    document = OAuthAccount(
        refresh_token=f"{PLANTED}-r-{label}",
        access_token=f"{PLANTED}-a-{label}",
        client_id=f"{PLANTED}-c",
        client_secret=f"{PLANTED}-s",
        expires_at=datetime(2026, 1, 1, tzinfo=UTC),
    )
    home = services.HOMES[Kind.CODE_ASSIST]
    return services.add(vault(), home, Kind.CODE_ASSIST, document, label=label, **more)[0].pk


def vault() -> Vault:
    return Vault(settings.POTLUCK_VAULT_KEYS)


class Note(NamedTuple):
    action: str
    target: str
    before: dict[str, Any]
    after: dict[str, Any]


@pytest.fixture
def trail(monkeypatch: pytest.MonkeyPatch) -> list[Note]:
    """What the audit trail was told."""
    told: list[Note] = []

    def note(
        request: object, action: str, target: str = "", *, before: Any = None, after: Any = None
    ) -> None:
        told.append(Note(action, target, dict(before or {}), dict(after or {})))

    monkeypatch.setattr(audit, "note", note)
    return told
