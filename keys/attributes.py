"""What may be said of a key, and in which words a wrong value is refused. Pure.

The API, the forms and the commands all come here, with JSON values or with text: a number may be
`5` or `"5"`, a list an array or text with commas or lines, nothing `null` or `""`.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime, time, tzinfo
from typing import Any, TypedDict, cast

from keys import days
from keys.address import Network

MOST_UNITS = 10**15
_LIST = 200
_PATTERN = 200
_GAPS = re.compile(r"[,\s]+")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
_DATE = re.compile(r"\d{4}-\d\d-\d\d")


class Attributes(TypedDict, total=False):
    """What a person may set of a key: everything but its secret and its balance.

    `daily_quota` and `model_daily` (pattern → units) are units a day in `time_zone`. `rpm` is
    requests a minute, `concurrency` calls at once, `waiting` how many more may wait for a place.
    None is no limit, and so is an empty list. A key expires at `expires_at`, or
    `days_from_first_use` after its first call.
    """

    description: str
    owner: str
    created_by: str
    enabled: bool
    expires_at: datetime | None
    days_from_first_use: int | None
    daily_quota: int | None
    time_zone: str
    model_daily: Mapping[str, int]
    rpm: int | None
    concurrency: int | None
    waiting: int
    models: tuple[str, ...]
    networks: tuple[str, ...]


class Invalid(ValueError):
    """Values that cannot be. `errors` maps the name of a field to a sentence about it."""

    def __init__(self, errors: Mapping[str, str]) -> None:
        super().__init__(" ".join(errors.values()))
        self.errors = dict(errors)


def parse(values: Mapping[str, object], time_zone: str = "UTC") -> Attributes:
    """The values in the form that is stored. Raises Invalid, which names every wrong field.

    Parsing what was parsed changes nothing. A date is that whole day in the `time_zone` among the
    values; without one there, in the one that is given.
    """
    found: dict[str, object] = {}
    errors: dict[str, str] = {}
    zone = days.known(str(values.get("time_zone", time_zone)))
    for field, value in values.items():
        if field == "expires_at" and isinstance(value, str):
            value = _written(value.strip(), zone)
        try:
            found[field] = _READERS.get(field, _unknown)(value)
        except ValueError as error:
            errors[field] = f"{field}: {error}."
    if found.get("expires_at") and found.get("days_from_first_use"):
        errors["expires_at"] = (
            "expires_at: a key expires at a date or some days after its first use, not both."
        )
    if errors:
        raise Invalid(errors)
    return cast(Attributes, found)


def ahead(found: Attributes, now: datetime) -> None:
    """Raises Invalid for an expiry that would end the key at once."""
    expires = found.get("expires_at")
    if expires is not None and expires <= now:
        raise Invalid({"expires_at": "expires_at: this is over already; write a time to come."})


def quota(value: object) -> int | None:
    """A total quota: units, None for unlimited. Raises Invalid."""
    try:
        return _maybe(value, 0, MOST_UNITS)
    except ValueError as error:
        raise Invalid({"total_quota": f"total_quota: {error}."}) from None


def networks(texts: Iterable[str]) -> tuple[Network, ...]:
    """What the stored form of `networks` says."""
    return tuple(ipaddress.ip_network(text) for text in texts)


def _whole(value: object, least: int, most: int) -> int:
    if isinstance(value, str) and re.fullmatch(r"-?[0-9]{1,18}", value.strip()):
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
        raise ValueError(f"write a whole number from {least} to {most}")
    return value


def _maybe(value: object, least: int, most: int) -> int | None:
    return None if _nothing(value) else _whole(value, least, most)


def _text(value: object, most: int) -> str:
    if not isinstance(value, str):
        raise ValueError("write text")  # noqa: TRY004 - one kind of error for a form
    text = value.strip()
    if len(text) > most:
        raise ValueError(f"write at most {most} characters")
    if _CONTROL.search(text):
        raise ValueError("write one line, without control characters")
    return text


def _truth(value: object) -> bool:
    if isinstance(value, str):
        value = {"true": True, "1": True, "false": False, "0": False}.get(value.strip().lower())
    if not isinstance(value, bool):
        raise ValueError("write true or false")  # noqa: TRY004
    return value


def _zone(value: object) -> str:
    name = _text(value, 64)
    try:
        days.zone(name)
    except ValueError:
        raise ValueError(
            "write the IANA name of a time zone, such as Asia/Shanghai or UTC"
        ) from None
    return name


def _moment(value: object) -> datetime | None:
    if _nothing(value):
        return None
    if not isinstance(value, datetime) or value.tzinfo is None:
        raise ValueError("write a date (2026-12-31) or a time with its offset")
    try:
        return value.astimezone(UTC)
    except OverflowError:
        raise ValueError("write a time that there is in UTC, too") from None


def _written(text: str, zone: tzinfo) -> datetime | str:
    """A date alone is that whole day; what is no time stays as it is."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return text
    return datetime.combine(found, time.max, zone) if _DATE.fullmatch(text) else found


def _globs(value: object) -> tuple[str, ...]:
    return tuple(dict.fromkeys(_glob(each) for each in _list(value)))


def _glob(text: str) -> str:
    text = text.strip()
    if not 0 < len(text) <= _PATTERN or _CONTROL.search(text) or " " in text:
        raise ValueError(f"write model names or globs of at most {_PATTERN} characters, no spaces")
    return text


def _networks(value: object) -> tuple[str, ...]:
    return tuple(dict.fromkeys(_network(each) for each in _list(value)))


def _network(text: str) -> str:
    try:
        return str(ipaddress.ip_network(text, strict=False))
    except ValueError:
        raise ValueError(f"{text[:60]!r} is no address or network, such as 192.0.2.0/24") from None


def _allowances(value: object) -> dict[str, int]:
    """`{"gemini-*pro*": 100}`, or text: one `gemini-*pro*=100` a line."""
    if _nothing(value):
        return {}
    if isinstance(value, str):
        pairs = [each.rpartition("=") for each in _GAPS.split(value.strip())]
        value = {pattern: units for pattern, _, units in pairs}
    if not isinstance(value, Mapping) or len(value) > _LIST:
        raise ValueError(f"write at most {_LIST} lines of the form model=units")
    return {_glob(str(name)).lower(): _whole(value[name], 0, MOST_UNITS) for name in value}


def _list(value: object) -> list[str]:
    if _nothing(value):
        return []
    if isinstance(value, str):
        value = [each for each in _GAPS.split(value) if each]
    if not isinstance(value, list | tuple) or not all(isinstance(each, str) for each in value):
        raise ValueError("write a list of texts")
    if len(value) > _LIST:
        raise ValueError(f"write at most {_LIST} of them")
    return list(value)


def _unknown(value: object) -> object:
    raise ValueError("a key has nothing of this name to set")


def _nothing(value: object) -> bool:
    return value is None or (isinstance(value, str) and not value.strip())


_READERS: dict[str, Callable[[Any], object]] = {
    "description": lambda value: _text(value, 500),
    "owner": lambda value: _text(value, 200),
    "created_by": lambda value: _text(value, 200),
    "enabled": _truth,
    "expires_at": _moment,
    "days_from_first_use": lambda value: _maybe(value, 1, 36_500),
    "daily_quota": lambda value: _maybe(value, 0, MOST_UNITS),
    "time_zone": _zone,
    "model_daily": _allowances,
    "rpm": lambda value: _maybe(value, 1, 1_000_000),
    "concurrency": lambda value: _maybe(value, 1, 100_000),
    "waiting": lambda value: _whole(value, 0, 100_000),
    "models": _globs,
    "networks": _networks,
}
