"""When an upstream says it will serve again: durations, dates and resets in all their spellings."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from email.utils import parsedate_to_datetime
from zoneinfo import ZoneInfo

PACIFIC = ZoneInfo("America/Los_Angeles")
"""Google's days begin at midnight there."""

_UNITS = {"d": 86400.0, "h": 3600.0, "m": 60.0, "s": 1.0, "ms": 1e-3, "us": 1e-6, "ns": 1e-9}
_PIECE = re.compile(r"(\d{1,12}(?:\.\d{1,12})?)(ms|us|ns|d|h|m|s)")
_DURATION = re.compile(r"(?:\d{1,12}(?:\.\d{1,12})?(?:ms|us|ns|d|h|m|s))+")
_SPOKEN = re.compile(rf"(?:retry|try again) in ({_DURATION.pattern})", re.IGNORECASE)
_NUMBER = re.compile(r"\d{1,15}(?:\.\d{1,12})?")
_LONGEST = timedelta(days=366)


def duration(text: object) -> timedelta | None:
    """`48s`, `34.4s`, `900ms`, `13h19m1.2s`, `6m0s`; a bare number is seconds."""
    if not isinstance(text, str):
        return None
    text = text.strip()
    if _NUMBER.fullmatch(text):
        return _seconds(float(text))
    if not _DURATION.fullmatch(text):
        return None
    return _seconds(sum(float(size) * _UNITS[unit] for size, unit in _PIECE.findall(text)))


def spoken(message: str) -> timedelta | None:
    """`Please retry in 48.94s.` (Gemini), `Please try again in 6m0s.` (OpenAI)."""
    found = _SPOKEN.search(message)
    return duration(found[1]) if found else None


def instant(text: object) -> datetime | None:
    """An ISO 8601 moment; without an offset it is UTC."""
    if not isinstance(text, str):
        return None
    try:
        moment = datetime.fromisoformat(text.strip())
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def retry_after(headers: Mapping[str, str], now: datetime) -> timedelta | None:
    """`Retry-After-Ms`, or `Retry-After` in seconds or as an HTTP date. Names in lower case."""
    exact = headers.get("retry-after-ms", "").strip()
    if _NUMBER.fullmatch(exact):
        return _seconds(float(exact) / 1000)
    value = headers.get("retry-after", "").strip()
    wait = duration(value)
    if wait is not None or not value:
        return wait
    try:
        moment = parsedate_to_datetime(value)
    except ValueError:
        return None
    return _until(moment if moment.tzinfo else moment.replace(tzinfo=UTC), now)


def reset(headers: Mapping[str, str], now: datetime) -> timedelta | None:
    """`X-RateLimit-Reset*` of the limits that are used up (`X-RateLimit-Remaining*: 0`).

    OpenAI and Groq send durations for `-Requests` and `-Tokens`, others one epoch or a number of
    seconds. Of several limits used up the longest counts; one that is not used up says nothing.
    """
    waits = [
        wait
        for suffix in ("", "-requests", "-tokens")
        if headers.get(f"x-ratelimit-remaining{suffix}", "").strip() == "0"
        and (wait := _moment(headers.get(f"x-ratelimit-reset{suffix}", ""), now)) is not None
    ]
    return max(waits, default=None)


def day_end(now: datetime) -> datetime:
    """The next midnight in US Pacific time, when Google's daily quotas come back."""
    local = now.astimezone(PACIFIC)
    midnight = datetime.combine(local.date() + timedelta(days=1), time.min, tzinfo=PACIFIC)
    return midnight.astimezone(UTC)


def day(now: datetime) -> date:
    """The day that Google's quotas count `now` to."""
    return now.astimezone(PACIFIC).date()


def _moment(text: str, now: datetime) -> timedelta | None:
    """A reset as a duration, seconds from now, or an epoch in seconds or milliseconds."""
    text = text.strip()
    if not _NUMBER.fullmatch(text) or float(text) < 1e9:
        return duration(text) or _iso(text, now)
    epoch = float(text) / (1000 if float(text) > 1e11 else 1)
    return _seconds(max(epoch - now.timestamp(), 0.0))


def _iso(text: str, now: datetime) -> timedelta | None:
    moment = instant(text)
    return None if moment is None else _until(moment, now)


def _until(moment: datetime, now: datetime) -> timedelta:
    return max(moment - now, timedelta(0))


def _seconds(value: float) -> timedelta:
    return timedelta(seconds=min(value, _LONGEST.total_seconds()))
