"""`/panel/settings/history`: what was changed, and back again."""

from __future__ import annotations

import re

import pytest
from django.test import Client, RequestFactory

from gateway import stored
from panel import audit, steering
from panel.models import AuditEntry
from panel.pages.settings import history

pytestmark = pytest.mark.django_db

HISTORY = "/panel/settings/history"
UNDO = "/panel/settings/undo"


def change(**values: str | None) -> int:
    return steering.change(RequestFactory().post("/"), values).entries[0]


def undoable(inside: Client) -> list[int]:
    page = inside.get(HISTORY).content.decode()
    return [int(each) for each in re.findall(r'name="entry" value="(\d+)"', page)]


def test_every_change_is_there_and_can_be_taken_back(inside: Client) -> None:
    first, second = change(AUTO_BAN_STRIKES="5"), change(AUTO_BAN_STRIKES="7")
    page = inside.get(HISTORY).content.decode()
    assert re.findall(r'class="old">(\d+)<', page) == ["5", "3"]
    assert undoable(inside) == [second, first]
    inside.post(UNDO, {"entry": second})
    assert stored.rows() == {"AUTO_BAN_STRIKES": "5"}
    assert AuditEntry.objects.latest("id").actor == "administrator"
    inside.post(UNDO, {"entry": first})
    assert stored.rows() == {}


def test_what_is_so_already_is_not_offered(inside: Client) -> None:
    first = change(AUTO_BAN_STRIKES="5")
    inside.post(UNDO, {"entry": first})
    assert first not in undoable(inside)


def test_of_several_changes_the_oldest_tells_what_was_before(inside: Client) -> None:
    first, second = change(AUTO_BAN_STRIKES="5"), change(AUTO_BAN_STRIKES="7")
    inside.post(UNDO, {"entry": [second, first]})
    assert stored.rows() == {}


def test_an_entry_that_was_tampered_with_changes_nothing(inside: Client) -> None:
    change(HOST_URL="https://a.example")
    number = change(HOST_URL="https://b.example")
    evil = '{"source":"stored","value":"https://evil.example"}'
    AuditEntry.objects.filter(pk=number).update(before=evil)
    assert number not in undoable(inside)
    inside.post(UNDO, {"entry": number})
    assert stored.rows() == {"HOST_URL": "https://b.example"}


@pytest.mark.parametrize("entry", ["", "x", "9" * 30, "-1", "999", "²"])
def test_what_is_no_change_of_a_setting_is_not_taken_back(inside: Client, entry: str) -> None:
    answer = inside.post(UNDO, {"entry": entry, "next": "//evil.example"})
    assert (answer.status_code, answer["Location"]) == (303, "/")
    assert "cannot be taken back" in inside.get(HISTORY).content.decode()


def test_a_value_that_cannot_be_used_any_more_stays_away(inside: Client) -> None:
    held = {"value": "0", "source": "stored"}
    number = audit.note(None, "setting.change", "AUTO_BAN_STRIKES", before=held)
    inside.post(UNDO, {"entry": number})
    assert stored.rows() == {}
    assert "AUTO_BAN_STRIKES does not take this value" in inside.get(HISTORY).content.decode()


def test_it_has_pages(inside: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(history, "SIZE", 1)
    first, second = change(AUTO_BAN_STRIKES="5"), change(AUTO_BAN_STRIKES="7")
    page = inside.get(HISTORY).content.decode()
    assert f'href="{HISTORY}?after={second}"' in page
    older = inside.get(f"{HISTORY}?after={second}").content.decode()
    assert f'value="{first}"' in older and f'href="{HISTORY}">' in older
    assert inside.get(f"{HISTORY}?after=x").status_code == 200
