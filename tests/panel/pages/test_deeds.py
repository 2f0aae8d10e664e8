from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from django.utils.translation import override

from panel.audit import words
from panel.models import AuditEntry
from panel.pages.deeds import Field, deeds, spoken


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "–"),
        ("", "–"),
        ([], "–"),
        (True, "yes"),
        (False, "no"),
        (0, "0"),
        (1_500, "1500"),
        (1_234_567, "1,234,567"),
        (1.5, "1.5"),
        (["a", 1], "a, 1"),
        ({"a": None, "b": [True]}, "a: –, b: yes"),
        ("x" * 300, "x" * 240 + "…"),
    ],
    ids=lambda value: str(value)[:20],
)
def test_values_are_spoken(value: Any, text: str) -> None:
    with override("en"):
        assert spoken(value) == text


def entry(**columns: Any) -> AuditEntry:
    given = {"action": "key.edit", "target": "", "before": "{}", "after": "{}", **columns}
    return AuditEntry(id=1, at=datetime(2026, 11, 21, tzinfo=UTC), actor="administrator", **given)


def test_fields_of_both_sides_stand_together() -> None:
    (deed,) = deeds([entry(before='{"a":1,"b":2}', after='{"b":3,"c":4}')])
    assert deed.fields == (
        Field("a", "1", "", False),
        Field("b", "2", "3", True),
        Field("c", "", "4", False),
    )


def test_a_source_is_told_where_nothing_else_changed() -> None:
    was, now = '{"source":"default","value":"3"}', '{"source":"stored","value":"%s"}'
    (deed,) = deeds([entry(before=was, after=now % "5")])
    assert [field.name for field in deed.fields] == ["value"]
    (deed,) = deeds([entry(before=was, after=now % "3")])
    assert "source" in [field.name for field in deed.fields]


@pytest.mark.parametrize(
    ("action", "target", "href"),
    [
        ("key.edit", "key 12", "/api-key-admin/12"),
        ("key.delete", "key 12", ""),
        ("key.create", "keys 1 to 9", ""),
        ("setting.change", "AUTO_BAN", "/panel/settings?q=AUTO_BAN"),
        ("cost.set", "key", ""),
    ],
)
def test_a_target_leads_to_its_page(action: str, target: str, href: str) -> None:
    assert deeds([entry(action=action, target=target)])[0].href == href


def test_what_is_damaged_is_shown_all_the_same() -> None:
    (deed,) = deeds([entry(before="[", after="7")], broken={1})
    assert (deed.fields, deed.sound) == ((), False)


@pytest.mark.parametrize("action", ["key", "", "key.verb", "strange.verb", "."])
def test_an_action_without_words_has_none(action: str) -> None:
    assert words.action(action) == ""


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("administrator", "administrator"),
        ("contributor 7", "contributor 7"),
        ("command", "a command"),
        ("bob", "bob"),
    ],
)
def test_actors_are_named(name: str, text: str) -> None:
    with override("en"):
        assert words.actor(name) == text
