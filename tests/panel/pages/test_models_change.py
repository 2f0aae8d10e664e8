"""Aliases, exclusions and variants are changed on the page of models."""

from __future__ import annotations

import json
import re

import pytest
from django.test import Client

from panel.models import AuditEntry
from tests.support.namebook import Running, Table, running, table

__all__ = ["running", "table"]

pytestmark = pytest.mark.django_db

PAGE = "/panel/models"


@pytest.fixture(autouse=True)
def _surroundings(running: Running, table: Table) -> None:
    pass


def notes() -> list[tuple[str, str, str]]:
    """(setting, before, after) of every change in the audit trail."""
    found = AuditEntry.objects.filter(action="setting.change").order_by("id")
    return [
        (each.target, json.loads(each.before)["value"], json.loads(each.after)["value"])
        for each in found
    ]


@pytest.mark.parametrize(
    ("what", "fields", "name", "value"),
    [
        ("aliases", {"text": "fast=a\r\n\r\n slow = b "}, "MODEL_ALIASES", "fast=a,slow = b"),
        ("exclusions", {"text": "*-exp*, gpt-?\n"}, "MODEL_EXCLUDE", "*-exp*,gpt-?"),
        ("variants", {"item": ["search", "image"]}, "MODEL_VARIANTS", "search,image"),
        ("variants", {}, "MODEL_VARIANTS", ""),
        ("aliases", {"text": ""}, "MODEL_ALIASES", ""),
    ],
)
def test_a_change_is_stored_and_noted(
    inside: Client, table: Table, what: str, fields: dict[str, str], name: str, value: str
) -> None:
    table.stored[name] = "before=x"
    assert inside.post(f"{PAGE}/{what}", fields)["Location"] == PAGE
    assert table.stored == {name: value}
    assert notes() == [(name, "before=x", value)]
    assert "Saved. It holds from the next call on." in inside.get(PAGE).content.decode()


@pytest.mark.parametrize("before", [None, "old=model"])
def test_a_change_can_be_undone(inside: Client, table: Table, before: str | None) -> None:
    if before is not None:
        table.stored["MODEL_ALIASES"] = before
    was = dict(table.stored)
    inside.post(f"{PAGE}/aliases", {"text": "new=model"})
    page = inside.get(PAGE).content.decode()
    form = re.search(r'action="([^"]*)" data-brief>(.*?)</form>', page, re.DOTALL)
    assert form is not None
    inside.post(form[1], dict(re.findall(r'name="(text|reset)" value="([^"]*)"', form[2])))
    assert table.stored == was


def test_the_console_s_value_can_be_taken_back(inside: Client, table: Table) -> None:
    table.stored["MODEL_EXCLUDE"] = "a"
    inside.post(f"{PAGE}/exclusions", {"text": "a", "reset": "1"})
    assert table.stored == {}
    assert notes() == [("MODEL_EXCLUDE", "a", "")]


def test_what_stays_the_same_is_not_noted(inside: Client, table: Table) -> None:
    table.stored["MODEL_ALIASES"] = "a=b"
    inside.post(f"{PAGE}/aliases", {"text": "a=b"})
    assert notes() == []


@pytest.mark.parametrize(
    ("what", "text", "sentence"),
    [
        ("aliases", "fast", "“fast”: write alias=model"),
        ("aliases", "=x", "“=x”: write alias=model"),
        ("aliases", "a=b\n快=快", "“快=快”: write names in ASCII"),
        ("aliases", "a%=b", "“a%”: an alias has letters of any script"),
        ("aliases", "a=b c", "“a=b c”: write names in ASCII"),
        ("aliases", "a=b\na=c", "“a” stands here twice"),
        ("aliases", "a=b\nb=c", "“b” is an alias itself"),
        ("exclusions", "*-exp*\n没有", "“没有”: write names in ASCII"),
        ("exclusions", "<b>\x00", "“&lt;b&gt;\x00”: write names in ASCII"),
    ],
)
def test_an_error_stands_beside_its_field(
    inside: Client, table: Table, what: str, text: str, sentence: str
) -> None:
    answer = inside.post(f"{PAGE}/{what}", {"text": text})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert f'id="{what}-error" role="alert">{sentence}' in page
    assert f'aria-invalid="true" aria-describedby="{what}-error"' in page
    assert text.splitlines()[0].replace("<b>", "&lt;b&gt;") in page
    assert (table.stored, notes()) == ({}, [])


@pytest.mark.parametrize("what", ["aliases", "exclusions", "variants"])
def test_what_the_gateway_refuses_is_told_in_its_words(
    inside: Client, table: Table, what: str
) -> None:
    table.refusal = "It does not go <together>."
    answer = inside.post(f"{PAGE}/{what}", {"text": "a=b"})
    assert answer.status_code == 422
    assert "It does not go &lt;together&gt;." in answer.content.decode()
    assert notes() == []


def test_what_the_environment_sets_is_locked(inside: Client, table: Table) -> None:
    table.environment = {"MODEL_EXCLUDE": "a,b", "MODEL_VARIANTS": "search"}
    page = inside.get(PAGE).content.decode()
    assert re.search(r'id="exclusions-text"[^>]* readonly>a\nb<', page)
    assert re.search(r'<fieldset class="ticks" disabled.*?value="search" checked', page, re.DOTALL)
    assert page.count("is set in the environment, which is stronger") == 2
    assert page.count('<button class="button">Save</button>') == 1
    answer = inside.post(f"{PAGE}/exclusions", {"text": "c"})
    assert answer.status_code == 422
    assert "It is set in the environment." in answer.content.decode()


def test_there_are_three_forms(inside: Client, table: Table) -> None:
    assert inside.post(f"{PAGE}/PORT", {"text": "1"}).status_code == 404
    assert inside.get(f"{PAGE}/aliases").status_code == 405
    assert table.stored == {}


def test_strangers_change_nothing(site: Client, table: Table) -> None:
    assert site.post(f"{PAGE}/aliases", {"text": "a=b"})["Location"].startswith("/login")
    assert site.get(PAGE)["Location"].startswith("/login")
    assert table.stored == {}
