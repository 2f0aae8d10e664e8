from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keys import days


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)


@pytest.mark.parametrize(
    ("zone", "now", "day", "starts", "resets_at"),
    [
        pytest.param(
            *("UTC", "2026-11-21T23:59:59.999999Z", "2026-11-21"),
            *("2026-11-21T00:00Z", "2026-11-22T00:00Z"),
            id="the-last-microsecond",
        ),
        pytest.param(
            *("UTC", "2026-11-22T00:00:00Z", "2026-11-22"),
            *("2026-11-22T00:00Z", "2026-11-23T00:00Z"),
            id="midnight-is-the-next-day",
        ),
        pytest.param(
            *("Asia/Shanghai", "2026-11-21T17:00Z", "2026-11-22"),
            *("2026-11-21T16:00Z", "2026-11-22T16:00Z"),
            id="ahead",
        ),
        pytest.param(
            *("Asia/Kathmandu", "2026-02-28T20:00Z", "2026-03-01"),
            *("2026-02-28T18:15Z", "2026-03-01T18:15Z"),
            id="an-odd-offset",
        ),
        pytest.param(
            *("Europe/London", "2024-02-29T12:00Z", "2024-02-29"),
            *("2024-02-29T00:00Z", "2024-03-01T00:00Z"),
            id="leap-day",
        ),
        pytest.param(
            *("Asia/Shanghai", "2023-12-31T16:00Z", "2024-01-01"),
            *("2023-12-31T16:00Z", "2024-01-01T16:00Z"),
            id="new-year",
        ),
        pytest.param(
            *("America/Los_Angeles", "2026-03-08T12:00Z", "2026-03-08"),
            *("2026-03-08T08:00Z", "2026-03-09T07:00Z"),
            id="23-hours",
        ),
        pytest.param(
            *("America/Los_Angeles", "2026-11-01T12:00Z", "2026-11-01"),
            *("2026-11-01T07:00Z", "2026-11-02T08:00Z"),
            id="25-hours",
        ),
        pytest.param(
            *("America/Sao_Paulo", "2018-11-04T03:00Z", "2018-11-04"),
            *("2018-11-04T03:00Z", "2018-11-05T02:00Z"),
            id="clocks-go-forward-at-midnight",
        ),
        pytest.param(
            *("America/Havana", "2026-11-01T04:30Z", "2026-11-01"),
            *("2026-11-01T04:00Z", "2026-11-02T05:00Z"),
            id="midnight-comes-twice",
        ),
        pytest.param(
            *("America/Toronto", "1919-03-31T04:30Z", "1919-03-31"),
            *("1919-03-31T04:30Z", "1919-04-01T04:00Z"),
            id="clocks-go-forward-over-midnight",
        ),
        pytest.param(
            *("America/St_Johns", "2010-11-07T02:45Z", "2010-11-06"),
            *("2010-11-06T02:30Z", "2010-11-07T03:30Z"),
            id="clocks-go-back-over-midnight",
        ),
        pytest.param(
            *("Pacific/Apia", "2011-12-30T09:59Z", "2011-12-29"),
            *("2011-12-29T10:00Z", "2011-12-30T10:00Z"),
            id="before-a-day-that-never-was",
        ),
        pytest.param(
            *("Pacific/Apia", "2011-12-30T10:00Z", "2011-12-31"),
            *("2011-12-30T10:00Z", "2011-12-31T10:00Z"),
            id="after-it",
        ),
    ],
)
def test_a_day_begins_and_ends(zone: str, now: str, day: str, starts: str, resets_at: str) -> None:
    found = days.window(at(now), days.zone(zone))
    assert found.day.isoformat() == day
    assert (found.starts, found.resets_at) == (at(starts), at(resets_at))
    assert found.resets_at.tzinfo is UTC


ZONES = ("UTC", "Asia/Shanghai", "America/St_Johns", "Pacific/Apia", "Africa/Cairo", "Asia/Tehran")


@given(
    st.datetimes(datetime(1990, 1, 1), datetime(2040, 1, 1)),  # noqa: DTZ001 - gets UTC next
    st.sampled_from(ZONES),
)
def test_now_is_in_its_day_and_the_next_begins_where_it_ends(now: datetime, name: str) -> None:
    zone = days.zone(name)
    aware = now.replace(tzinfo=UTC)
    found = days.window(aware, zone)
    assert found.starts <= aware < found.resets_at
    after = days.window(found.resets_at, zone)
    assert after.day > found.day
    assert days.window(found.resets_at - timedelta(microseconds=1), zone).day == found.day


@pytest.mark.parametrize(
    "name", ["", "Mars/Olympus", "../UTC", "/etc/passwd", "Asia", "\0", "x" * 99]
)
def test_what_is_no_zone_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="no time zone"):
        days.zone(name)
    assert days.known(name) is UTC
