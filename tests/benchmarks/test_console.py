"""The walk through the console leaves no page out."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.test import Client
from django.urls import resolve, reverse

from benchmarks import console
from benchmarks.house import Took, forget
from benchmarks.stops import Found, Stop, stops
from panel.pages import urls
from tests.support.site import real_settings, site

__all__ = ["real_settings", "site"]

FOUND = Found(1, 1, "Ada", "seeded-1", "1.1")
WALK = stops(FOUND)
VALUES = {"token": "x", "id": 1, "key_id": 1, "verb": "x", "what": "x", "request_id": "x"}


def address(name: str) -> str:
    found = next(each for each in urls.urlpatterns if each.name == name)
    return reverse(name, kwargs={each: VALUES[each] for each in found.pattern.converters})


@pytest.mark.django_db
def test_every_page_that_answers_get_is_walked(site: Client) -> None:
    names = {str(each.name) for each in urls.urlpatterns}
    pages = {name for name in names if site.get(address(name)).status_code != 405}
    # Of one contribution: nobody has lent anything where all is invented.
    assert pages - {stop.route for stop in WALK} == {"receipt", "receipt-withdraw", "reject"}


def test_an_address_is_of_the_page_that_it_is_said_to_be(site: Client) -> None:
    for stop in WALK:
        assert resolve(stop.address.partition("?")[0]).url_name == stop.route
    assert len({stop.name for stop in WALK}) == len(WALK)


def test_it_says_which_pages_are_late() -> None:
    slow, quick = Took(151, 30, 1), Took(9, 5, 1)
    lines = [
        console.Line(Stop("keys", "/"), [quick, quick, slow], slow),
        console.Line(Stop("log", "/"), [slow, slow, quick], quick),
    ]
    said = console.text(quick, lines)
    assert "warm: log" in said
    assert "cold: keys" in said


def test_what_is_forgotten_is_still_there(tmp_path: Path) -> None:
    file = tmp_path / "potluck.sqlite3"
    file.write_bytes(b"x" * 10_000)
    forget(tmp_path)
    assert file.read_bytes() == b"x" * 10_000
