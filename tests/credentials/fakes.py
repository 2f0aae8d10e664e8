"""A clock that is turned by hand, a store and a safe without a database, documents to try."""

from __future__ import annotations

import asyncio
import functools
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any, TypeVar

from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from msgspec.structs import replace

from credentials import documents
from credentials.bearer import Account
from credentials.caps import Caps, Today
from credentials.documents import Document, OAuthAccount, ServiceAccount
from credentials.health import Health
from credentials.history import Mishap
from credentials.safe import Held, SafeError
from credentials.store import Change, Count, Loaded, Row, Saved
from credentials.vault import Vault

T = TypeVar("T")

NOW = datetime(2026, 7, 1, 12, tzinfo=UTC)
KEY_OF_VAULT = b"b25seSBmb3IgdGVzdHMsIG5vdCBmb3Igc2VjcmV0cyE="
VAULT = Vault([KEY_OF_VAULT])


class Clock:
    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now

    def advance(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


def row(
    id: int,
    provider: str = "gemini",
    *,
    secret: str = "",
    weight: int = 1,
    caps: Caps = Caps(),  # noqa: B008 - it is frozen
) -> Row:
    return Row(
        id=id,
        kind="gemini_api",
        provider=provider,
        label=f"no {id}",
        sealed=VAULT.seal(secret or f"secret-{id}").decode(),
        base_url="",
        extra={},
        weight=weight,
        live=True,
        health=Health(),
        version=0,
        caps=caps,
    )


class FakeStore:
    """Rows by id. `broken` makes saving fail; `calls` are the counted calls by id."""

    def __init__(self, *rows: Row) -> None:
        self.rows = {row.id: row for row in rows}
        self.revision = 1
        self.broken = False
        self.saves = 0
        self.calls: dict[int, int] = {}
        self.served: dict[int, int] = {}
        self.pro: dict[int, int] = {}
        self.days: list[date] = []
        self.mishaps: dict[int, list[Mishap]] = {}
        self.closed = False

    def put(self, row: Row) -> None:
        self.rows[row.id] = row
        self.revision += 1

    async def load(self, since: int, build: Callable[[Row], T]) -> Loaded[T] | None:
        if since == self.revision:
            return None
        return Loaded(self.revision, tuple((row, build(row)) for row in self.rows.values()))

    async def save(self, changes: Sequence[Change], now: datetime) -> dict[int, Saved]:
        if self.broken:
            raise OSError("the database is away")
        self.saves += 1
        await asyncio.sleep(0)  # as a real one, it lets others speak
        return {change.id: self._save(change) for change in changes if change.id in self.rows}

    async def count(self, day: date, counts: Mapping[int, Count]) -> dict[int, Today]:
        if self.broken:
            raise OSError("the database is away")
        self.days.append(day)
        for id, count in counts.items():
            self.calls[id] = self.calls.get(id, 0) + count.calls
            self.served[id] = self.served.get(id, 0) + count.served
            self.pro[id] = self.pro.get(id, 0) + count.pro
        return {id: Today(day, self.calls[id], self.pro[id]) for id in counts}

    async def note(self, mishaps: Mapping[int, Sequence[Mishap]]) -> None:
        for id, each in mishaps.items():
            self.mishaps.setdefault(id, []).extend(each)

    async def find(self, id: int) -> Row | None:
        return self.rows.get(id)

    async def close(self) -> None:
        self.closed = True

    def _save(self, change: Change) -> Saved:
        stored = self.rows[change.id]
        same = stored.version == change.version
        health = change.health if same else change.again(stored.health)
        self.put(replace(stored, health=health, version=stored.version + 1))
        return Saved(stored.version + 1, health)


@functools.cache
def pem() -> str:
    """A real RSA key."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


def robot(email: str = "robot@p.iam.gserviceaccount.com") -> ServiceAccount:
    return ServiceAccount(
        client_email=email, private_key=pem(), private_key_id="planted-id", project_id="my-project"
    )


def person(refresh_token: str = "planted-refresh", **fields: Any) -> OAuthAccount:  # noqa: S107
    """Of a client of its own; its access token, if any, is for the fields."""
    known = {"client_id": "planted-client", "client_secret": "planted-secret"}
    return OAuthAccount(refresh_token=refresh_token, **{**known, **fields})


def account(id: int, document: Document, **extra: Any) -> Account:
    return Account(id, documents.kind(document), document, extra)


def account_row(id: int, document: Document, provider: str = "gemini", **extra: Any) -> Row:
    sealed = VAULT.seal(documents.dumps(document)).decode()
    kind = documents.kind(document).value
    return replace(row(id, provider), kind=kind, sealed=sealed, extra=extra)


class FakeSafe:
    """Documents by id, and who refreshes them. `away` is how often the database is not there."""

    def __init__(self, *accounts: Account) -> None:
        self.documents = {each.id: each.document for each in accounts}
        self.claimed: dict[int, str] = {}
        self.projects: dict[int, str] = {}
        self.away = 0
        self.stored: list[Document] = []

    async def claim(self, id: int, now: datetime) -> Held | None:
        self._here()
        if id not in self.documents:
            return None
        ours = self.claimed.setdefault(id, "us") == "us"
        return Held(self.documents[id], ours)

    async def keep(self, id: int, document: Document) -> bool:
        self._here()
        self.claimed.pop(id, None)
        if id in self.documents:
            self.documents[id] = document
            self.stored.append(document)
        return id in self.documents

    async def release(self, id: int) -> None:
        self._here()
        self.claimed.pop(id, None)

    async def locate(self, id: int, project: str) -> None:
        self._here()
        self.projects[id] = project

    def _here(self) -> None:
        if self.away:
            self.away -= 1
            raise SafeError("The database is away.")
