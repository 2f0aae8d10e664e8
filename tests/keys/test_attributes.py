from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest

from keys import attributes
from keys.attributes import Invalid, parse

END = datetime(2026, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC)


@pytest.mark.parametrize(
    ("field", "given", "stored"),
    [
        ("description", "  for Zhang San 👩‍🔬 ", "for Zhang San 👩‍🔬"),
        ("owner", "", ""),
        ("enabled", "false", False),
        ("enabled", True, True),
        ("rpm", "60", 60),
        ("rpm", "", None),
        ("concurrency", None, None),
        ("waiting", 0, 0),
        ("daily_quota", 0, 0),
        ("days_from_first_use", "30", 30),
        ("time_zone", "Asia/Shanghai", "Asia/Shanghai"),
        ("expires_at", "2026-12-31", END),
        ("expires_at", "2027-01-01T08:00+08:00", datetime(2027, 1, 1, tzinfo=UTC)),
        ("expires_at", datetime(2027, 1, 1, 8, tzinfo=timezone(timedelta(hours=8))), None),
        ("expires_at", None, None),
        ("models", "gpt-*, gemini-2.5-pro\nGPT-*", ("gpt-*", "gemini-2.5-pro", "GPT-*")),
        ("models", ["a", "a"], ("a",)),
        ("models", None, ()),
        ("networks", "192.0.2.7/24 2001:db8::1", ("192.0.2.0/24", "2001:db8::1/128")),
        ("model_daily", {"Gemini-*Pro*": 100}, {"gemini-*pro*": 100}),
        ("model_daily", "a=1\nb=c=2", {"a": 1, "b=c": 2}),
        ("model_daily", "", {}),
    ],
)
def test_values_and_texts_become_what_is_stored(field: str, given: Any, stored: Any) -> None:
    found = parse({field: given})
    if isinstance(given, datetime):
        stored = datetime(2027, 1, 1, tzinfo=UTC)
    assert found == {field: stored}
    assert parse(dict(found)) == found


@pytest.mark.parametrize(
    ("field", "given", "sentence"),
    [
        ("description", "x" * 501, "description: write at most 500 characters."),
        ("description", "a\nb", "description: write one line, without control characters."),
        ("description", 5, "description: write text."),
        ("enabled", "maybe", "enabled: write true or false."),
        ("rpm", 0, "rpm: write a whole number from 1 to 1000000."),
        ("rpm", True, "rpm: write a whole number from 1 to 1000000."),
        ("rpm", 1.5, "rpm: write a whole number from 1 to 1000000."),
        ("rpm", "1" * 30, "rpm: write a whole number from 1 to 1000000."),
        ("waiting", None, "waiting: write a whole number from 0 to 100000."),
        ("time_zone", "Mars", "time_zone: write the IANA name of a time zone, such as "),
        ("expires_at", "soon", "expires_at: write a date (2026-12-31) or a time with its offset."),
        ("expires_at", "2026-12-31T10:00", "expires_at: write a date (2026-12-31) or a time "),
        ("models", ["a b"], "models: write model names or globs of at most 200 characters, no "),
        ("models", 5, "models: write a list of texts."),
        ("models", ["x"] * 201, "models: write at most 200 of them."),
        ("networks", "192.0.2.0/33", "networks: '192.0.2.0/33' is no address or network, such "),
        ("model_daily", "gpt-4", "model_daily: write model names or globs of at most 200 "),
        ("model_daily", {"gpt": -1}, "model_daily: write a whole number from 0 to 1000000000"),
        ("model_daily", 5, "model_daily: write at most 200 lines of the form model=units."),
        ("used", 5, "used: a key has nothing of this name to set."),
    ],
)
def test_a_wrong_value_is_refused_in_words(field: str, given: Any, sentence: str) -> None:
    with pytest.raises(Invalid) as invalid:
        parse({field: given, "owner": "fine"})
    assert list(invalid.value.errors) == [field]
    assert invalid.value.errors[field].startswith(sentence)


def test_every_wrong_field_is_named() -> None:
    with pytest.raises(Invalid, match=r"rpm: .* networks: "):
        parse({"rpm": -1, "networks": "here"})


def test_a_key_expires_in_one_way() -> None:
    with pytest.raises(Invalid, match="not both"):
        parse({"expires_at": END, "days_from_first_use": 3})
    assert parse({"expires_at": None, "days_from_first_use": 3})["days_from_first_use"] == 3


@pytest.mark.parametrize(("given", "units"), [(None, None), ("", None), ("5", 5), (0, 0)])
def test_a_total_quota_may_be_none(given: object, units: int | None) -> None:
    assert attributes.quota(given) == units


@pytest.mark.parametrize("given", [-1, "many", 10**16])
def test_a_total_quota_is_a_number_of_units(given: object) -> None:
    with pytest.raises(Invalid, match="total_quota: write a whole number"):
        attributes.quota(given)


def test_every_attribute_has_a_reader() -> None:
    assert attributes._READERS.keys() == attributes.Attributes.__annotations__.keys()


@pytest.mark.parametrize(
    ("values", "zone", "hour"),
    [
        ({"time_zone": "Asia/Shanghai"}, "UTC", 15),
        ({}, "Asia/Shanghai", 15),
        ({"time_zone": "UTC"}, "Asia/Shanghai", 23),
        ({"time_zone": "America/New_York"}, "UTC", 4),
    ],
)
def test_a_date_is_that_day_where_the_key_s_day_begins(
    values: dict[str, object], zone: str, hour: int
) -> None:
    found = parse({"expires_at": "2026-12-31", **values}, zone)["expires_at"]
    assert found is not None
    assert (found.hour, found.minute, found.tzinfo) == (hour, 59, UTC)


def test_a_time_that_is_none_in_utc_is_refused() -> None:
    with pytest.raises(Invalid) as refused:
        parse({"expires_at": "9999-12-31T23:59:59-12:00"})
    assert list(refused.value.errors) == ["expires_at"]
