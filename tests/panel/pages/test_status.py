"""The first page, as strangers see it."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from django.conf import settings
from django.db import DatabaseError
from django.test import Client, override_settings

from credentials.models import Credential
from keys import hours, rollup
from keys.models import UsageHour
from panel.pages import connect, status
from panel.pages.status import Condition
from tests.support.console import Person

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def fresh() -> Iterator[None]:
    status._reports.clear()
    yield
    status._reports.clear()


def calls(count: int, code: str = "", model: str = "gemini-2.5-pro", back: int = 0) -> None:
    UsageHour.objects.create(
        hour=hours.number(datetime.now(UTC)) - back,
        provider="p",
        model=model,
        code=code,
        calls=count,
        first_1=0 if code else count,
    )


def first(client: Client) -> str:
    status._reports.clear()
    answer = client.get("/")
    assert answer.status_code == 200
    return answer.content.decode()


def changed(**values: Any) -> override_settings:
    return override_settings(POTLUCK=dataclasses.replace(settings.POTLUCK, **values))


@pytest.mark.parametrize(
    ("good", "bad", "code", "expected"),
    [
        (100, 0, "upstream_failed", Condition.WORKS),
        (95, 5, "upstream_failed", Condition.WORKS),
        (94, 6, "upstream_failed", Condition.PARTLY),
        (49, 51, "no_credential", Condition.FAILS),
        (1, 99, "insufficient_quota", Condition.WORKS),
        (0, 99, "invalid_api_key", Condition.QUIET),
    ],
)
def test_it_says_whether_it_is_down(
    site: Client, good: int, bad: int, code: str, expected: Condition
) -> None:
    calls(good)
    if bad:
        calls(bad, code)
    assert expected.sentence in first(site).replace("&#x27;", "'")


def test_the_last_hours_count_more_than_the_day(site: Client) -> None:
    calls(1_000, back=9)
    calls(10, "upstream_failed")
    page = first(site)
    assert Condition.FAILS.sentence in page
    assert "99%" in page


def test_a_model_with_few_calls_is_not_judged(site: Client) -> None:
    calls(4, model="rare")
    calls(5, model="common")
    calls(99, "model_not_found", model="refused")
    calls(99, model="")
    page = first(site)
    assert "common" in page
    assert "rare" not in page
    assert "refused" not in page


def test_yesterday_is_over(site: Client) -> None:
    calls(99, model="yesterday-only", back=24)
    assert "yesterday-only" not in first(site)


def test_it_names_no_key_and_no_credential(site: Client, alice: Person) -> None:
    Credential.objects.create(kind="gemini_api", provider="secret-provider", label="Bob's account")
    calls(9)
    page = first(site)
    for word in ("Alice", "secret-provider", "Bob", alice.secret):
        assert word not in page


def test_strangers_cannot_make_work(
    site: Client, django_assert_num_queries: Any, django_assert_max_num_queries: Any
) -> None:
    with django_assert_max_num_queries(6):
        first(site)
    with django_assert_num_queries(0):
        site.get("/")


def test_it_can_be_switched_off(site: Client) -> None:
    calls(9)
    with changed(status_page=False):
        page = first(site)
    assert "gemini-2.5-pro" not in page
    assert "Point your client here" in page


def test_it_says_how_to_connect_when_the_database_does_not_answer(
    site: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def gone(*_: object, **__: object) -> None:
        raise DatabaseError("away")

    monkeypatch.setattr(rollup, "counted", gone)
    page = first(site)
    assert "Point your client here" in page
    assert "Is it down" not in page


def test_the_old_ways_in_are_still_there(site: Client) -> None:
    page = first(site)
    assert 'href="/api-key-query"' in page
    assert 'href="/panel"' in page


@pytest.mark.parametrize("known", ["https://potluck.example", ""])
def test_an_address_is_whole_only_where_it_is_configured(known: str) -> None:
    texts = [each.text for each in connect.bases(known)]
    assert texts[0].endswith("/v1")
    assert ("://" in texts[0]) is bool(known)


def test_many_models_are_not_all_shown(site: Client) -> None:
    for number in range(35):
        calls(10 + number, model=f"model-{number:02}-{'x' * 60}")
    page = first(site)
    assert "And 5 models more." in page
    assert "model-34" in page
    assert "model-00" not in page
    assert len(page) < 150_000
