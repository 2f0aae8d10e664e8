"""The overview as an administrator meets it: on the first day, and later."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client

from credentials.models import Credential
from keys import hours, tops
from keys.models import UsageDay, UsageHour
from keys.sums import UsageDate
from panel import bridge
from panel.bridge import Vitals
from tests.support.console import Person

pytestmark = pytest.mark.django_db


class Running:
    """As much of a gateway as the page asks."""

    def vitals(self) -> Vitals:
        return Vitals("1", datetime.now(UTC), calls=3, streams=2, processes=4)

    def __getattr__(self, name: str) -> object:
        raise bridge.NotRunning


@pytest.fixture(autouse=True)
def fresh() -> Iterator[None]:
    yield
    bridge.install(None)


def used(key_id: int, code: str = "", calls: int = 10, model: str = "gemini-2.5-pro") -> None:
    now = datetime.now(UTC)
    for table, hour in ((UsageHour, hours.number(now)), (UsageDate, hours.midnight(now))):
        table.objects.create(hour=hour, provider="p", model=model, code=code, calls=calls, units=7)
    UsageDay.objects.create(
        key_id=key_id, model=f"{model}{code}", day=now.date(), calls=calls, units=7
    )
    tops.forget()
    tops.run(now)


def lend(**details: object) -> Credential:
    return Credential.objects.create(kind="gemini_api", provider="gemini", label="x", **details)


def seen(client: Client, address: str = "/panel", **headers: str) -> str:
    answer = client.get(address, headers=headers)
    assert answer.status_code == 200
    return answer.content.decode()


def test_a_new_gateway_shows_three_steps_and_no_empty_charts(inside: Client) -> None:
    page = seen(inside)
    assert page.count('id="step-') == 3
    assert "/v1/chat/completions" in page
    assert "make key QUOTA=1000" in page
    assert "Requests by model" not in page


def test_a_step_that_is_done_is_ticked(inside: Client, alice: Person) -> None:
    page = seen(inside)
    assert page.count('<li class="done">') == 1
    assert page.count('id="step-') == 2


def test_steps_that_are_all_done_are_ticked_above_the_figures(
    inside: Client, alice: Person
) -> None:
    lend()
    used(alice.id)
    page = seen(inside)
    assert page.count('<li class="done">') == 3
    assert 'id="step-' not in page
    assert "Requests by model" in page


def test_it_says_whether_it_is_well(inside: Client, alice: Person) -> None:
    lend()
    lend(enabled=False)
    used(alice.id, calls=999)
    used(alice.id, "upstream_failed", calls=1)
    used(alice.id, "forbidden", calls=1_000)
    page = seen(inside)
    assert "99.9%" in page
    assert "1 of 2 credentials can serve" in page
    assert "Alice" in page
    assert re.findall(r"<code>([a-z_]+)</code>", page) == ["upstream_failed", "forbidden"]


def test_where_no_gateway_runs_it_knows_of_no_calls(inside: Client, alice: Person) -> None:
    used(alice.id)
    assert "Under way: —" in seen(inside)
    bridge.install(Running())  # type: ignore[arg-type]
    page = seen(inside)
    assert "3 under way · 2 streaming" in page
    assert "in this process" in page


@pytest.mark.parametrize("span", ["24h", "7d", "30d", "", "nonsense", "x" * 5_000])
def test_any_span_is_answered(inside: Client, span: str, alice: Person) -> None:
    used(alice.id)
    page = seen(inside, f"/panel?span={span}")
    chosen = span if span in ("24h", "7d", "30d") else "24h"
    assert f'<a href="?span={chosen}" aria-current="true">' in page


def test_what_refreshes_itself_comes_without_the_frame(inside: Client, alice: Person) -> None:
    used(alice.id)
    asked = {"HX-Request": "true", "HX-Target": "overview"}
    page = seen(inside, "/panel?span=7d", **asked)
    assert "<html" not in page
    assert "Requests by model" in page
    assert 'hx-get="/panel?span=7d"' in seen(inside, "/panel?span=7d")


def test_a_name_of_a_model_is_never_markup(inside: Client, alice: Person) -> None:
    used(alice.id, model="<script>alert(1)</script>")
    used(alice.id, "upstream_failed", model="<b>")
    page = seen(inside)
    assert "<script>alert" not in page
    assert "<b>" not in page


def test_the_first_that_rests_and_its_return_are_told(inside: Client) -> None:
    until = datetime.now(UTC) + timedelta(minutes=30)
    lend(cooling_until=until, health={"whole": {"until": until.isoformat(), "reason": "minute"}})
    page = seen(inside)
    assert 'class="state cooling"' in page
    assert "0 of 1 credential can serve" in page


def test_a_stranger_is_sent_to_the_login(console: Client) -> None:
    answer = console.get("/panel")
    assert answer.status_code == 302
    assert answer["Location"] == "/login?next=%2Fpanel"
