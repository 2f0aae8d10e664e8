"""Every spelling of "come back later" that was recorded or documented."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from credentials import hints

NOW = datetime(2026, 7, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("48s", 48),
        ("34.4s", 34.4),
        ("900ms", 0.9),
        ("13h19m1.2s", 47941.2),
        ("33740.910400305s", 33740.9104),
        ("6m0s", 360),
        ("1d2h", 93600),
        ("30", 30),
        (" 1.5 ", 1.5),
        ("0s", 0),
        ("99999999999s", 366 * 86400),
    ],
)
def test_a_duration(text: str, seconds: float) -> None:
    found = hints.duration(text)
    assert found is not None
    assert found.total_seconds() == pytest.approx(seconds)


@pytest.mark.parametrize(
    "text", ["", "soon", "-5s", "5 s", "5x", "s", "1e9s", "5s later", None, 48]
)
def test_no_duration(text: object) -> None:
    assert hints.duration(text) is None


@pytest.mark.parametrize(
    ("message", "seconds"),
    [
        ("… model: gemini-2.5-flash\nPlease retry in 48.939935699s.", 48.94),
        ("Rate limit reached. Please try again in 6m0s. Visit …", 360),
        ("Please try again in 120ms.", 0.12),
        ("Please retry in a while.", None),
        ("", None),
    ],
)
def test_spoken(message: str, seconds: float | None) -> None:
    found = hints.spoken(message)
    assert (found and found.total_seconds()) == (seconds and pytest.approx(seconds, abs=0.01))


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"retry-after": "1"}, 1),
        ({"retry-after": "1.5"}, 1.5),
        ({"retry-after-ms": "250", "retry-after": "1"}, 0.25),
        ({"retry-after": "Wed, 01 Jul 2026 12:01:00 GMT"}, 60),
        ({"retry-after": "Wed, 01 Jul 2026 11:00:00 GMT"}, 0),
        ({"retry-after": "Wed, 01 Jul 2026 12:01:00 -0000"}, 60),
        ({"retry-after": "later"}, None),
        ({"retry-after": ""}, None),
        ({}, None),
    ],
)
def test_retry_after(headers: dict[str, str], seconds: float | None) -> None:
    found = hints.retry_after(headers, NOW)
    assert found == (None if seconds is None else timedelta(seconds=seconds))


@pytest.mark.parametrize(
    ("remaining", "reset", "seconds"),
    [
        ("0", "6m0s", 360),
        ("0", "12", 12),
        ("0", str(int(NOW.timestamp()) + 30), 30),
        ("0", str((int(NOW.timestamp()) + 30) * 1000), 30),
        ("0", "2026-07-01T12:00:30Z", 30),
        ("0", str(int(NOW.timestamp()) - 30), 0),
        ("0", "soon", None),
        ("0", "", None),
        ("7", "6m0s", None),
    ],
    ids=["duration", "delta", "epoch", "epoch ms", "iso", "past", "words", "empty", "not used up"],
)
def test_a_reset(remaining: str, reset: str, seconds: float | None) -> None:
    headers = {"x-ratelimit-remaining": remaining, "x-ratelimit-reset": reset}
    expected = None if seconds is None else timedelta(seconds=seconds)
    assert hints.reset(headers, NOW) == expected


def test_of_two_limits_that_are_used_up_the_longer_counts() -> None:
    headers = {
        "x-ratelimit-remaining-requests": "0",
        "x-ratelimit-reset-requests": "8.64s",
        "x-ratelimit-remaining-tokens": "0",
        "x-ratelimit-reset-tokens": "120ms",
    }
    assert hints.reset(headers, NOW) == timedelta(seconds=8.64)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-07-02T03:00:00Z", datetime(2026, 7, 2, 3, tzinfo=UTC)),
        ("2026-07-02T05:00:00+02:00", datetime(2026, 7, 2, 3, tzinfo=UTC)),
        ("2026-07-02T03:00:00", datetime(2026, 7, 2, 3, tzinfo=UTC)),
        ("0001-01-01T00:00:00+14:00", None),
        ("tomorrow", None),
        (None, None),
    ],
)
def test_an_instant(text: object, expected: datetime | None) -> None:
    assert hints.instant(text) == expected


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        (datetime(2026, 7, 1, 12, tzinfo=UTC), datetime(2026, 7, 2, 7, tzinfo=UTC)),
        (datetime(2026, 7, 1, 6, 59, tzinfo=UTC), datetime(2026, 7, 1, 7, tzinfo=UTC)),
        (datetime(2026, 7, 1, 7, 0, tzinfo=UTC), datetime(2026, 7, 2, 7, tzinfo=UTC)),
        (datetime(2026, 1, 1, 12, tzinfo=UTC), datetime(2026, 1, 2, 8, tzinfo=UTC)),
        (datetime(2026, 3, 8, 9, tzinfo=UTC), datetime(2026, 3, 9, 7, tzinfo=UTC)),
        (datetime(2026, 11, 1, 8, tzinfo=UTC), datetime(2026, 11, 2, 8, tzinfo=UTC)),
        (
            datetime(2026, 7, 1, 20, tzinfo=timezone(timedelta(hours=8))),
            datetime(2026, 7, 2, 7, tzinfo=UTC),
        ),
    ],
    ids=["summer", "a minute before", "at midnight", "winter", "23 hours", "25 hours", "elsewhere"],
)
def test_the_day_ends_at_midnight_us_pacific(now: datetime, expected: datetime) -> None:
    assert hints.day_end(now) == expected


def test_the_day_is_the_pacific_one() -> None:
    assert hints.day(datetime(2026, 7, 1, 6, 59, tzinfo=UTC)) == date(2026, 6, 30)
