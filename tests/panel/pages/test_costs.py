from __future__ import annotations

import re

import pytest
from django.test import Client

from keys import services
from keys.models import ModelCost
from panel.bridge import Resolution
from tests.support.namebook import Running, running

__all__ = ["running"]

pytestmark = pytest.mark.django_db

COSTS = "/api-key-admin/costs"
HTMX = {"HX-Request": "true"}


def stored() -> dict[str, int]:
    return dict(ModelCost.objects.values_list("pattern", "units"))


def test_a_cost_is_set(inside: Client) -> None:
    assert inside.post(f"{COSTS}/add", {"pattern": "Gemini-*", "units": "7"}).status_code == 303
    assert stored() == {"gemini-*": 7}
    assert "gemini-* now costs 7 a call." in inside.get(COSTS).content.decode()


@pytest.mark.parametrize("fields", [{"pattern": "", "units": "1"}, {"pattern": "m", "units": "-1"}])
def test_a_cost_that_cannot_be_says_why(inside: Client, fields: dict[str, str]) -> None:
    answer = inside.post(f"{COSTS}/add", fields)
    assert answer.status_code == 422
    assert "_error" in answer.content.decode()
    assert stored() == {}


def test_a_row_is_edited_in_place(inside: Client) -> None:
    services.set_cost("a/b", 3)
    fields = {"pattern": "a/b", "units": "4"}
    page = inside.post(f"{COSTS}/change", fields, headers=HTMX).content.decode()
    assert stored() == {"a/b": 4}
    assert page.lstrip().startswith("<tr>")
    assert "Saved." in page


def test_a_row_refuses_what_is_no_number(inside: Client) -> None:
    services.set_cost("m", 3)
    answer = inside.post(f"{COSTS}/change", {"pattern": "m", "units": "x"}, headers=HTMX)
    assert answer.status_code == 422
    assert 'role="alert"' in answer.content.decode()
    assert stored() == {"m": 3}


def test_without_scripts_the_page_comes_back(inside: Client) -> None:
    services.set_cost("m", 3)
    assert inside.post(f"{COSTS}/change", {"pattern": "m", "units": "5"})["Location"] == COSTS
    assert inside.post(f"{COSTS}/change", {"pattern": "m", "units": "x"})["Location"] == COSTS
    assert stored() == {"m": 5}


def test_a_removed_cost_can_be_brought_back(inside: Client) -> None:
    services.set_cost("m", 3)
    inside.post(f"{COSTS}/drop", {"pattern": "m"})
    assert stored() == {}
    page = inside.get(COSTS).content.decode()
    form = re.search(r'action="([^"]*)" data-brief>(.*?)</form>', page, re.DOTALL)
    assert form is not None
    fields = dict(re.findall(r'name="(pattern|units)" value="(\w+)"', form[2]))
    inside.post(form[1], fields)
    assert stored() == {"m": 3}


@pytest.mark.parametrize(
    ("name", "units", "because"),
    [
        ("gemini-2.5-pro-search", "12 units", "gemini-*pro*"),
        ("gemini-2.5-flash", "2 units", "as its family costs"),
        ("gpt-9", "1 unit<", "as its family costs"),
    ],
)
def test_a_name_is_explained(inside: Client, name: str, units: str, because: str) -> None:
    services.set_cost("gemini-*pro*", 12)
    page = inside.get(COSTS, {"name": name}).content.decode()
    assert units in page
    assert because in page
    part = inside.get(COSTS, {"name": name}, headers=HTMX | {"HX-Target": "answer"})
    assert units in part.content.decode()
    assert "<html" not in part.content.decode()


@pytest.mark.parametrize(
    ("found", "units"),
    [
        (Resolution("cheap", "gemini-2.5-pro", alias_of="gemini-2.5-pro"), "10 units"),
        (Resolution("cheap", "gemini-2.5-pro", variant=(("anti_truncation", ""),)), "20 units"),
    ],
)
def test_a_name_costs_what_the_gateway_will_charge(
    inside: Client, running: Running, found: Resolution, units: str
) -> None:
    running.answers["cheap"] = found
    page = inside.get(COSTS, {"name": "cheap"}).content.decode()
    assert units in page
    assert ("doubled" in page) == bool(found.variant)
