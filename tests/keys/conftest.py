"""A clock that is set by hand, keys to spend from, and a ledger that runs for one story."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import TypeVar, Unpack

import pytest
from django.conf import settings

from keys import figures, services
from keys.attributes import Attributes
from keys.audit import check, check_days
from keys.ledger import Ledger
from keys.models import ApiKey
from keys.quota import Balance

T = TypeVar("T")
Story = Callable[[Ledger], Awaitable[T]]


class Clock:
    def __init__(self) -> None:
        self.now = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def advance(self, **parts: int) -> None:
        self.now += timedelta(**parts)


class Bank:
    """Keys and ledgers on one database, for tests that are not asynchronous themselves."""

    def __init__(self, using: str) -> None:
        self.using = using
        self.clock = Clock()

    def key(self, total: int | None = 10, **details: Unpack[Attributes]) -> ApiKey:
        pepper = settings.POTLUCK_PEPPER
        return services.create(pepper, total=total, using=self.using, **details)[0]

    def run(self, story: Story[T]) -> T:
        """Runs `story` with a started ledger, closes it, and proves that everything adds up."""

        async def whole() -> T:
            ledger = Ledger(self.clock, using=self.using)
            await ledger.start()
            try:
                return await story(ledger)
            finally:
                await ledger.close()

        found = asyncio.run(whole())
        assert self.findings() == []
        return found

    def findings(self) -> list[str]:
        """What does not add up, of keys and of their days."""
        found = [*check(figures.keys(self.using)), *check_days(figures.days(self.using))]
        return [str(each) for each in found]

    def balance(self, key: ApiKey) -> Balance:
        found = ApiKey.objects.using(self.using).get(pk=key.pk)
        return Balance(found.total_quota, found.used, found.reserved)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(params=["default", "postgres"], ids=["sqlite", "postgres"])
def using(request: pytest.FixtureRequest) -> str:
    """The alias of a database; the test is skipped where there is none."""
    if request.param not in settings.DATABASES:
        pytest.skip("no PostgreSQL answers at POTLUCK_TEST_POSTGRES")
    return str(request.param)


@pytest.fixture
def bank(using: str) -> Bank:
    """For modules that are marked `django_db(transaction=True, databases="__all__")`."""
    return Bank(using)
