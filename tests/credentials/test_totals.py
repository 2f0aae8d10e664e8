"""Sums over credentials: of this day, and of what may be sent on it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from credentials import services, totals
from credentials.caps import Calendar
from credentials.kinds import Kind
from credentials.models import Credential
from credentials.totals import Total
from tests.credentials.fakes import NOW, VAULT

pytestmark = pytest.mark.django_db

CALENDAR = Calendar()
TODAY = CALENDAR.day(NOW)


def add(secret: str, provider: str = "gemini", **columns: Any) -> None:
    row, _ = services.add(VAULT, provider, Kind.OPENAI_COMPATIBLE, secret)
    Credential.objects.filter(pk=row.pk).update(**columns)


def test_an_earlier_day_does_not_count() -> None:
    add("one", day=TODAY, calls=3, served=2, pro_calls=1)
    add("two", day=TODAY - timedelta(days=1), calls=30, served=20, pro_calls=10)
    add("three")
    found = totals.today(NOW, CALENDAR)
    assert found.total == Total(credentials=3, calls=3, served=2, pro_calls=1, uncapped=3)
    assert found.reset_at == CALENDAR.end(TODAY)
    assert totals.today(found.reset_at, CALENDAR).total.calls == 0


@pytest.mark.parametrize(
    ("columns", "cap", "uncapped"),
    [
        ({}, 0, 1),
        ({"day_cap": 5}, 5, 0),
        ({"lender_cap": 4}, 4, 0),
        ({"day_cap": 5, "lender_cap": 4}, 4, 0),
        ({"day_cap": 5, "enabled": False}, 0, 0),
        ({"day_cap": 5, "held": True}, 0, 0),
        ({"enabled": False}, 0, 0),
    ],
)
def test_of_two_caps_the_lower_one_counts(columns: dict[str, Any], cap: int, uncapped: int) -> None:
    add("one", **columns)
    found = totals.today(NOW, CALENDAR).total
    assert (found.day_cap, found.uncapped) == (cap, uncapped)


def test_each_provider_has_its_own() -> None:
    add("one", day=TODAY, calls=3)
    add("two", "groq", day=TODAY, calls=4)
    services.remove([Credential.objects.create(provider="gone", kind="openai").pk])
    found = totals.today(NOW, CALENDAR)
    assert {name: each.calls for name, each in found.providers.items()} == {"gemini": 3, "groq": 4}
    assert found.total.calls == 7
