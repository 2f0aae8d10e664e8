"""An entry of the audit trail as people read it: what was done, and what changed."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from panel.audit import naming, values, words
from panel.models import AuditEntry
from panel.pages import layout

_KEY = re.compile(r"key (\d{1,18})")
_LENT = re.compile(r"credential (\d{1,18})")
_REFUSED = gettext_noop("The password is wrong.")
_ROOM = 240
"""Characters of a value that are shown; the export has all of them."""


@dataclass(frozen=True, slots=True)
class Field:
    """What one thing was and is. "" where it was not there; `moved`: it was, and is."""

    name: str
    before: str
    after: str
    moved: bool

    @property
    def word(self) -> str:
        return naming.field(self.name)


@dataclass(frozen=True, slots=True)
class Deed:
    """`word` is "" for an action without words, `href` for a target without a page. Not `sound`:
    it was changed after it was written."""

    number: int
    at: datetime
    actor: str
    address: str
    action: str
    word: str
    target: str
    href: str
    fields: tuple[Field, ...]
    sound: bool

    @property
    def whom(self) -> str:
        return naming.target(self.target)


def deeds(entries: Iterable[AuditEntry], broken: Collection[int] = ()) -> list[Deed]:
    return [_deed(each, each.id not in broken) for each in entries]


def spoken(value: Any) -> str:
    match value:
        case _ if value in (None, "", [], {}):
            return "–"
        case True:
            return _("yes")
        case False:
            return _("no")
        case list():
            text = ", ".join(map(spoken, value))
        case dict():
            text = ", ".join(f"{name}: {spoken(each)}" for name, each in value.items())
        case int():
            text = f"{value:,}" if abs(value) >= 10_000 else str(value)
        case _:
            text = str(value)
    return text if len(text) <= _ROOM else text[:_ROOM] + "…"


def _deed(entry: AuditEntry, sound: bool) -> Deed:
    return Deed(
        entry.id,
        entry.at,
        words.actor(entry.actor),
        entry.address,
        entry.action,
        words.action(entry.action),
        entry.target,
        _href(entry),
        _fields(values.read(entry.before), _after(entry)),
        sound,
    )


def _after(entry: AuditEntry) -> Mapping[str, Any]:
    found = values.read(entry.after)
    # The trail keeps a sentence of ours in English; other reasons are people's own.
    return {**found, "reason": _(_REFUSED)} if found.get("reason") == _REFUSED else found


def _fields(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[Field, ...]:
    return tuple(
        Field(
            name,
            spoken(before[name]) if name in before else "",
            spoken(after[name]) if name in after else "",
            name in before and name in after,
        )
        for name in dict.fromkeys((*before, *after))
        # Where a setting's value was from is of use to who undoes it, and seldom to others.
        if name != "source" or before.get("value") == after.get("value")
    )


def _href(entry: AuditEntry) -> str:
    if found := _KEY.fullmatch(entry.target):
        return "" if entry.action == "key.delete" else f"{layout.CONSOLE}/{found[1]}"
    if found := _LENT.fullmatch(entry.target):
        place = layout.address("credentials")
        return f"{place}/{found[1]}" if place and entry.action != "credential.delete" else ""
    if entry.action == "setting.change":
        return f"/panel/settings?{urlencode({'q': entry.target})}"
    return ""
