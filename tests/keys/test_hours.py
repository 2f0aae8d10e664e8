from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest

from keys import hours
from keys.models import UsageHour

AT = datetime(2026, 11, 21, 12, 34, 56, tzinfo=UTC)


def counts(**classes: int) -> list[int]:
    return [classes.get(name, 0) for name in hours.CLASSES]


def test_an_hour_and_its_number_are_the_same() -> None:
    assert hours.begin(hours.number(AT)) == AT.replace(minute=0, second=0)
    assert hours.begin(hours.midnight(AT)) == AT.replace(hour=0, minute=0, second=0)


def test_it_does_not_matter_in_which_zone_a_moment_is_told() -> None:
    assert hours.number(AT.astimezone(timezone(timedelta(hours=5, minutes=30)))) == hours.number(AT)


def test_every_class_has_its_column() -> None:
    columns = {field.name for field in UsageHour._meta.get_fields()}
    assert set(hours.CLASSES) <= columns
    assert len(hours.CLASSES) == len(hours.BOUNDS) + 1


@pytest.mark.parametrize(
    ("found", "share", "expected"),
    [
        (counts(), 0.5, None),
        (counts(first_0=1), 0.5, 100),
        (counts(first_0=10), 0.95, 190),
        (counts(first_0=10, first_1=10), 0.5, 200),
        (counts(first_1=4), 0.5, 300),
        (counts(first_0=1, first_3=9), 0.95, 983),
        (counts(first_11=3), 0.5, 40_000),
        (counts(first_0=99, first_11=1), 0.95, 192),
    ],
)
def test_a_percentile_lies_in_its_class(
    found: list[int], share: float, expected: int | None
) -> None:
    assert hours.percentile(found, share) == expected
