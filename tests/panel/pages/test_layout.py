from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from django.test import Client, override_settings
from django.urls import path

from panel.pages import layout
from panel.pages.layout import rail
from panel.views import landing

pytestmark = pytest.mark.django_db

urlpatterns = [
    path("panel", landing, name="overview"),
    path("api-key-admin", landing, name="keys"),
    path("api-key-admin/costs", landing, name="costs"),
    path("api/docs", landing, name="reference"),
]


@pytest.fixture
def few() -> Iterator[None]:
    """A console with four pages."""
    with override_settings(ROOT_URLCONF=__name__):
        yield


def test_every_place_has_a_letter_of_its_own() -> None:
    places = [place for some in layout._GROUPS for place in some]
    assert len({place.letter for place in places}) == len(places)
    assert {place.name for place in places} == layout.labels().keys()


def test_a_place_without_an_address_is_not_shown(few: None) -> None:
    found = rail("/panel")
    assert [entry.href for entry in found.entries] == [
        "/panel",
        "/api-key-admin",
        "/api-key-admin/costs",
        "/api/docs",
    ]
    assert [len(group.entries) for group in found.groups] == [1, 2, 1]


@pytest.mark.parametrize(
    ("address", "marked"),
    [
        ("/panel", ["/panel"]),
        ("/panel/somewhere", []),
        ("/api-key-admin/7/edit", ["/api-key-admin"]),
        ("/api-key-admin/costs", ["/api-key-admin/costs"]),
        ("/api-key-admin-not", []),
        ("/api/docs", ["/api/docs"]),
    ],
)
def test_one_knows_where_one_is(few: None, address: str, marked: list[str]) -> None:
    assert [each.href for each in rail(address).entries if each.current] == marked


def test_a_phone_has_every_place_once(few: None) -> None:
    found = rail("/api/docs")
    assert [each.href for each in found.bar] == ["/panel", "/api-key-admin"]
    assert sorted([*found.bar, *found.more], key=lambda each: each.href) == sorted(
        found.entries, key=lambda each: each.href
    )
    assert found.within
    assert not rail("/panel").within


def test_every_place_of_the_rail_is_there(inside: Client) -> None:
    page = inside.get("/panel").content.decode()
    places = re.findall(r'<a href="([^"]+)" data-jump', page)
    assert len(places) >= 4
    for place in places:
        assert inside.get(place).status_code == 200, place


def test_it_can_be_used_without_a_mouse_and_without_a_picture(inside: Client) -> None:
    page = inside.get("/panel").content.decode()
    assert '<a class="skip" href="#content">' in page
    assert page.count('aria-current="page"') == 2
    assert page.count('aria-label="Main"') == 2
