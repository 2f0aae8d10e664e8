from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta

import pytest
from django.core.serializers.json import DjangoJSONEncoder

from keys import attributes, overview, services, usage
from keys.ledger import Ledger
from keys.models import ApiKey
from keys.records import RequestRecord
from tests.keys.conftest import Bank

pytestmark = pytest.mark.django_db(transaction=True, databases="__all__")


def used(bank: Bank, key: ApiKey) -> None:
    async def story(ledger: Ledger) -> None:
        for number, model in enumerate(["gemini-2.5-pro"] * 2 + ["gemini-2.5-flash"]):
            await ledger.reserve(key.pk, 2, f"r-{number}", model)
            ledger.settle(f"r-{number}", key.pk, 2, charge=True)
            record = RequestRecord(
                request_id=f"r-{number}",
                at=bank.clock(),
                key_id=key.pk,
                upstream_model=model,
                units=2,
                status=200,
            )
            ledger.record(record)
        await ledger.reserve(key.pk, 3, "open", "other")

    bank.run(story)


def test_it_tells_what_a_key_has_and_has_used(bank: Bank) -> None:
    key = bank.key(
        100, description="mine", daily_quota=10, model_daily={"*pro*": 5}, time_zone="Asia/Shanghai"
    )
    used(bank, key)
    found = overview.of_key(key.pk, bank.clock(), using=bank.using)
    assert found is not None
    assert isinstance(found.pop("created_at"), datetime)
    assert found == {
        "id": key.pk,
        "api_key": key.masked,
        "description": "mine",
        "expires_at": None,
        "enabled": True,
        "total_quota": 100,
        "used_quota": 6,
        "reserved_quota": 3,
        "remaining_quota": 91,
        "usage_percentage": 6.0,
        "model_stats": {
            "gemini-2.5-pro": {"calls": 2, "failed": 0, "units": 4},
            "gemini-2.5-flash": {"calls": 1, "failed": 0, "units": 2},
        },
        "daily_quota": 10,
        "daily_used": 6,
        "daily_remaining": 1,
        "daily_models": {"*pro*": {"quota": 5, "used": 4, "remaining": 1}},
        "time_zone": "Asia/Shanghai",
        "reset_at": datetime(2026, 11, 21, 16, tzinfo=UTC),
    }
    assert json.dumps(found, cls=DjangoJSONEncoder)


def test_tomorrow_a_day_is_whole_again(bank: Bank) -> None:
    key = bank.key(100, daily_quota=10)
    used(bank, key)
    found = overview.of_key(key.pk, bank.clock() + timedelta(days=1), using=bank.using)
    assert found is not None
    assert (found["daily_used"], found["daily_remaining"]) == (0, 10)


@pytest.mark.parametrize(
    ("total", "remaining", "percentage"), [(None, None, None), (0, 0, None), (7, 7, 0.0)]
)
def test_no_limit_is_null(
    bank: Bank, total: int | None, remaining: int | None, percentage: float | None
) -> None:
    found = overview.of_key(bank.key(total).pk, bank.clock(), using=bank.using)
    assert found is not None
    assert (found["remaining_quota"], found["usage_percentage"]) == (remaining, percentage)
    assert (found["daily_quota"], found["daily_used"], found["reset_at"]) == (None, None, None)


def test_an_exhausted_key_is_shown_and_one_that_is_gone_is_not(bank: Bank) -> None:
    key = bank.key(0, enabled=False, expires_at=bank.clock())
    assert overview.of_key(key.pk, bank.clock(), using=bank.using) is not None
    services.revoke(key.pk, using=bank.using)
    assert overview.of_key(key.pk, bank.clock(), using=bank.using) is None


def test_what_an_administrator_sees_can_be_given_back(bank: Bank) -> None:
    key = bank.key(
        5,
        model_daily={"a*": 1},
        models=("x", "y-*"),
        networks=("192.0.2.0/24",),
        rpm=5,
        days_from_first_use=9,
    )
    allowed = overview.allowances([key.pk], using=bank.using)
    shown = overview.attributes(key, allowed[key.pk])
    for read_only in ("first_used_at", "flagged_at", "flag_reason"):
        shown.pop(read_only)
    assert attributes.parse(shown) == shown | {
        "models": ("x", "y-*"),
        "networks": ("192.0.2.0/24",),
    }


def test_usage_is_told_by_day_and_model_and_by_entry(bank: Bank) -> None:
    key = bank.key(100)
    used(bank, key)
    today = date(2026, 11, 21)
    points = usage.series(key.pk, today, today, using=bank.using)
    assert [(each.model, each.calls, each.units) for each in points] == [
        ("gemini-2.5-flash", 1, 2),
        ("gemini-2.5-pro", 2, 4),
    ]
    assert usage.series(key.pk, date(2026, 11, 22), date(2027, 1, 1), using=bank.using) == []
    first = usage.entries(key.pk, size=3, using=bank.using)
    assert [each.units for each in first.entries] == [-2, -2, -2]
    last = usage.entries(key.pk, before=first.next, size=3, using=bank.using)
    assert ([each.units for each in last.entries], last.next) == ([100], None)
    other = bank.key(1)
    assert usage.by_model([key.pk, other.pk], using=bank.using)[other.pk] == {}
