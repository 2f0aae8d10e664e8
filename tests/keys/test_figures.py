from __future__ import annotations

from datetime import date

import pytest
from django.db.models import F

from keys import figures, prune
from keys.audit import DayFigures, Finding, check_days
from keys.ledger import Ledger
from keys.models import ApiKey, KeyDay, Reservation
from tests.keys.conftest import Bank

pytestmark = pytest.mark.django_db(transaction=True, databases="__all__")

TODAY = date(2026, 11, 21)


def held(bank: Bank) -> ApiKey:
    key = bank.key(100, daily_quota=50, model_daily={"m": 50})
    bank.run(lambda ledger: ledger.reserve(key.pk, 3, "r", "m"))
    return key


def test_a_day_is_one_row_of_figures_and_each_of_its_patterns_another(bank: Bank) -> None:
    key = held(bank)
    assert list(figures.days(bank.using)) == [
        DayFigures(key.pk, TODAY, "", 0, 3, 0, 3),
        DayFigures(key.pk, TODAY, "m", 0, 3, 0, 3),
    ]


def test_the_audit_finds_a_day_that_was_tampered_with(bank: Bank) -> None:
    key = held(bank)
    KeyDay.objects.using(bank.using).filter(pattern="m").update(used=F("used") + 1)
    assert bank.findings() == [
        f"key {key.pk} on 2026-11-21 m: the used units is 1, but should be 0"
    ]


def test_the_audit_finds_a_day_that_is_missing(bank: Bank) -> None:
    key = held(bank)
    KeyDay.objects.using(bank.using).filter(pattern="").delete()
    assert list(check_days(figures.days(bank.using))) == [
        Finding(key.pk, "the reserved units", 0, 3, "2026-11-21")
    ]


def test_the_audit_finds_units_that_nobody_holds(bank: Bank) -> None:
    key = held(bank)
    Reservation.objects.using(bank.using).all().delete()
    assert [text.split(": ")[0] for text in bank.findings()] == [
        f"key {key.pk}",
        f"key {key.pk} on 2026-11-21",
        f"key {key.pk} on 2026-11-21 m",
    ]


def test_days_of_nobody_are_found(bank: Bank) -> None:
    key = held(bank)
    Reservation.objects.using(bank.using).all().delete()
    key.entries.using(bank.using).all().delete()
    key.allowances.using(bank.using).all().delete()
    ApiKey.objects.using(bank.using).filter(pk=key.pk)._raw_delete(bank.using)
    assert figures.strays(bank.using) == [key.pk]


def test_days_that_are_forgotten_leave_the_audit_clean(bank: Bank) -> None:
    key = bank.key(100, daily_quota=50, model_daily={"m": 50})

    async def spend(ledger: Ledger) -> None:
        await ledger.reserve(key.pk, 3, "r", "m")
        ledger.settle("r", key.pk, 3, charge=True)

    bank.run(spend)
    bank.clock.advance(days=40)
    held = bank.key(100, daily_quota=50)
    bank.run(lambda ledger: ledger.reserve(held.pk, 1, "s", "m"))
    bank.clock.advance(days=40)
    assert prune.key_days(bank.clock().date(), using=bank.using) == 2
    assert bank.findings() == []
    # A day that a reservation counts on is kept, and still compared.
    left = KeyDay.objects.using(bank.using).get()
    assert (left.key_id, left.reserved) == (held.pk, 1)
    KeyDay.objects.using(bank.using).update(used=7)
    assert len(bank.findings()) == 1
