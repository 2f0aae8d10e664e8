from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.conf import settings

from keys import hours, services, stats
from keys.models import UsageDay, UsageHour
from keys.stats import Span

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 21, 12, 30, tzinfo=UTC)
HOUR = hours.number(NOW)


def hour(back: int, model: str = "m", code: str = "", calls: int = 1, **columns: int) -> None:
    UsageHour.objects.create(
        hour=HOUR - back, provider="p", model=model, code=code, calls=calls, **columns
    )


def test_it_tells_each_slot_model_and_code() -> None:
    hour(0, calls=3, units=6, first_2=3)
    hour(0, code="upstream_failed")
    hour(1, model="n", calls=2)
    found = stats.over_time(Span(HOUR - 1, HOUR + 1))
    assert [(each.slot, each.model, each.code, each.calls, each.units) for each in found] == [
        (HOUR - 1, "n", "", 2, 0),
        (HOUR, "m", "", 3, 6),
        (HOUR, "m", "upstream_failed", 1, 0),
    ]
    assert stats.spread(found)[2] == 3


def test_what_is_outside_does_not_count() -> None:
    for back in range(5):
        hour(back)
    found = stats.over_time(Span(HOUR - 3, HOUR))
    assert [each.slot for each in found] == [HOUR - 3, HOUR - 2, HOUR - 1]


def test_a_slot_is_as_long_as_one_wants() -> None:
    for back in range(12):
        hour(back, calls=1)
    span = Span(HOUR - 11, HOUR + 1, 6)
    assert [(each.slot, each.calls) for each in stats.over_time(span)] == [
        (HOUR - 11, 6),
        (HOUR - 5, 6),
    ]
    assert list(span.slots) == [HOUR - 11, HOUR - 5]


def test_nothing_has_no_spread() -> None:
    assert set(stats.spread([])) == {0}


def test_who_used_most_comes_first() -> None:
    today = NOW.date()
    named = services.create(settings.POTLUCK_PEPPER, total=10, description="Ada")[0]
    bare = services.create(settings.POTLUCK_PEPPER, total=10)[0]
    for key, units, back in ((named, 5, 0), (bare, 9, 0), (named, 90, 3)):
        UsageDay.objects.create(
            key=key, model="m", day=today - timedelta(days=back), calls=2, failed=1, units=units
        )
    found = stats.eaters(today, 5)
    assert [(each.name, each.units) for each in found] == [(bare.masked, 9), ("Ada", 5)]
    assert [each.name for each in stats.eaters(today - timedelta(days=7), 1)] == ["Ada"]


@pytest.mark.parametrize(("failed", "expected"), [(2, False), (1, True)])
def test_a_call_was_answered_if_not_all_failed(failed: int, expected: bool) -> None:
    assert not stats.answered()
    UsageDay.objects.create(key_id=1, model="m", day=NOW.date(), calls=2, failed=failed)
    assert stats.answered() is expected
