from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.conf import settings
from django.test import Client

from keys import services
from keys.models import UsageDay
from panel.pages.shelf import SIZE
from tests.support.console import Person

pytestmark = pytest.mark.django_db


def names(page: str) -> list[str]:
    return re.findall(r'class="name clamp" href="[^"]*">([^<]*)<', page)


def test_an_empty_list_offers_the_next_step(inside: Client) -> None:
    page = inside.get("/api-key-admin").content.decode()
    assert "No keys yet" in page
    assert "make key QUOTA=1000" in page


def test_a_row_says_who_has_what(inside: Client, alice: Person) -> None:
    today = datetime.now(UTC).date()
    UsageDay.objects.create(key_id=alice.id, model="m", day=today, calls=3, units=37)
    page = inside.get("/api-key-admin").content.decode()
    assert names(page) == ["Alice"]
    assert "0 / 100" in page
    assert ">37<" in page
    assert 'class="state active"' in page
    assert alice.secret not in page


def test_filters_live_in_the_address(inside: Client, alice: Person, bob: Person) -> None:
    services.edit(bob.id, enabled=False)
    assert names(inside.get("/api-key-admin?state=disabled").content.decode()) == ["Bob"]
    assert names(inside.get("/api-key-admin?q=ali").content.decode()) == ["Alice"]
    assert names(inside.get(f"/api-key-admin?q={alice.id}").content.decode()) == ["Alice"]


def test_a_search_without_a_result_says_so(inside: Client, alice: Person) -> None:
    page = inside.get("/api-key-admin?q=nobody").content.decode()
    assert "No key is like that." in page
    assert "No keys yet" not in page


def test_very_many_are_not_counted_to_the_last(
    inside: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("panel.pages.shelf._COUNTED", SIZE + 1)
    services.batch(settings.POTLUCK_PEPPER, SIZE + 5, total=1, description="k")
    assert f"More than {SIZE + 1} keys" in inside.get("/api-key-admin").content.decode()


def test_unknown_filters_are_as_good_as_none(inside: Client, alice: Person) -> None:
    assert names(inside.get("/api-key-admin?state=odd&sort=odd").content.decode()) == ["Alice"]


def test_pages_follow_each_other_without_repeating(inside: Client) -> None:
    services.batch(settings.POTLUCK_PEPPER, SIZE + 5, total=1, description="k")
    first = inside.get("/api-key-admin").content.decode()
    found = re.search(r'href="([^"]*after=[^"]*)"', first)
    assert found is not None
    second = inside.get(found[1].replace("&amp;", "&")).content.decode()
    assert len(names(first)) == SIZE
    assert len(set(names(first)) | set(names(second))) == SIZE + 5
    assert "First page" in second


def test_a_cursor_of_another_list_begins_anew(inside: Client, alice: Person) -> None:
    answer = inside.get("/api-key-admin?after=odd&q=ali")
    assert answer.status_code == 303
    assert answer["Location"] == "/api-key-admin?q=ali"


def test_htmx_gets_the_rows_alone(inside: Client, alice: Person) -> None:
    headers = {"HX-Request": "true", "HX-Target": "keys"}
    page = inside.get("/api-key-admin", headers=headers).content.decode()
    assert names(page) == ["Alice"]
    assert "<html" not in page


def test_what_people_write_is_never_markup(inside: Client, alice: Person) -> None:
    services.edit(alice.id, description="<script>alert(1)</script>", owner='"><b>')
    page = inside.get("/api-key-admin").content.decode()
    assert "<script>alert" not in page
    assert '"><b>' not in page


def test_a_key_that_expired_is_called_so(inside: Client, alice: Person) -> None:
    services.edit(alice.id, expires_at=datetime.now(UTC) - timedelta(days=1))
    assert 'class="state expired"' in inside.get("/api-key-admin").content.decode()
