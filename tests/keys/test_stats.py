from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.conf import settings

from keys import hours, services, stats
from keys.models import UsageDay, UsageHour
from keys.stats import Eater, Span
from keys.sums import TopKey, UsageDate

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


def test_whole_days_are_read_as_such() -> None:
    midnight = hours.midnight(NOW)
    hour(0, calls=5)
    UsageDate.objects.create(hour=midnight, provider="p", model="m", calls=7)
    day = Span(midnight, midnight + 24, 24)
    assert [each.calls for each in stats.over_time(day)] == [7]
    for other in (Span(midnight, midnight + 24, 6), Span(midnight - 1, midnight + 23, 24)):
        assert [each.calls for each in stats.over_time(other)] == [5]


def test_nothing_has_no_spread() -> None:
    assert set(stats.spread([])) == {0}


def test_who_used_most_comes_first_by_its_name() -> None:
    named = services.create(settings.POTLUCK_PEPPER, total=10, description="Ada")[0]
    bare = services.create(settings.POTLUCK_PEPPER, total=10)[0]
    for place, key in enumerate((bare, named)):
        TopKey.objects.create(days=7, place=place, key_id=key.pk, calls=2, failed=1, units=9)
    assert [each.name for each in stats.eaters(7, 5)] == [bare.masked, "Ada"]
    assert stats.eaters(7, 1) == [Eater(bare.pk, bare.masked, 2, 1, 9)]
    assert stats.eaters(30, 5) == []


@pytest.mark.parametrize(("failed", "expected"), [(2, False), (1, True)])
def test_a_call_was_answered_if_not_all_failed(failed: int, expected: bool) -> None:
    assert not stats.answered()
    UsageDay.objects.create(key_id=1, model="m", day=NOW.date(), calls=2, failed=failed)
    assert stats.answered() is expected
