from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from keys.models import UsageDay
from panel.api.history import _span
from tests.support.console import Caller, Person

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 21, 23, 0, tzinfo=UTC)


def test_a_ledger_is_paged_newest_first(admin: Caller, alice: Person) -> None:
    for units in (1, 2, 3):
        admin("POST", f"/auth/keys/{alice.id}/grant", {"units": units})
    first = admin("GET", f"/auth/keys/{alice.id}/ledger?limit=3").body
    assert [each["units"] for each in first["entries"]] == [3, 2, 1]
    rest = admin("GET", f"/auth/keys/{alice.id}/ledger?cursor={first['next']}").body
    assert [each["reason"] for each in rest["entries"]] == ["created"]
    assert rest["next"] is None


def test_usage_is_told_by_day_and_model(admin: Caller, alice: Person, bob: Person) -> None:
    for person, calls in ((alice, 2), (bob, 9)):
        day = date(2026, 11, 20)
        UsageDay.objects.create(
            key_id=person.id, model="m", day=day, calls=calls, failed=1, units=calls
        )
    query = "since=2026-11-20&until=2026-11-21"
    point = {
        "day": "2026-11-20",
        "model": "m",
        "calls": 2,
        "failed": 1,
        "units": 2,
        "input_tokens": 0,
        "output_tokens": 0,
    }
    said = {"since": "2026-11-20", "until": "2026-11-21", "days": [point]}
    assert admin("GET", f"/auth/keys/{alice.id}/usage?{query}").body == said
    assert alice.call("GET", f"/auth/quota/usage?{query}").body == said
    assert admin("GET", f"/auth/keys/{alice.id}").body["model_stats"] == {
        "m": {"calls": 2, "failed": 1, "units": 2}
    }


@pytest.mark.parametrize(
    "query",
    ["since=2026-11-21&until=2026-11-20", "since=2020-01-01&until=2026-01-01", "since=yesterday"],
)
def test_a_span_that_cannot_be_is_refused(admin: Caller, alice: Person, query: str) -> None:
    assert admin("GET", f"/auth/keys/{alice.id}/usage?{query}").code == "invalid_request"


@pytest.mark.parametrize("what", ["ledger", "usage"])
def test_what_is_no_key_is_not_found(admin: Caller, what: str) -> None:
    assert admin("GET", f"/auth/keys/999/{what}").status == 404


@pytest.mark.parametrize("cursor", ["x", "-1", "9" * 30])
def test_a_cursor_of_no_ledger_is_refused(admin: Caller, alice: Person, cursor: str) -> None:
    answer = admin("GET", f"/auth/keys/{alice.id}/ledger?cursor={cursor}")
    assert answer.code == "invalid_request"


@pytest.mark.parametrize(
    ("since", "until", "span"),
    [
        (None, None, (date(2026, 10, 23), date(2026, 11, 21))),
        (date(2026, 11, 1), None, (date(2026, 11, 1), date(2026, 11, 21))),
        (date(2027, 1, 1), None, (date(2027, 1, 1), date(2027, 1, 1))),
        (date(2020, 1, 1), None, (date(2020, 1, 1), date(2020, 12, 14))),
        (None, date(2026, 1, 30), (date(2026, 1, 1), date(2026, 1, 30))),
    ],
)
def test_a_span_is_thirty_days_by_default_and_bounded(
    since: date | None, until: date | None, span: tuple[date, date]
) -> None:
    assert _span(since, until, NOW) == span
