"""What the administrator does to settings, from a page or through the API; each change is noted.

Nobody is shown a secret here: what is secret cannot be stored at all.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from django.db import transaction
from django.http import HttpRequest

from panel import audit, bridge
from panel.audit import values as kept
from panel.bridge import Setting
from panel.models import AuditEntry

ACTION = "setting.change"


class Changed(NamedTuple):
    """Names of settings that have another value now, those of them that wait for a restart, and
    the numbers of the entries that tell of it."""

    names: Sequence[str]
    restart: Sequence[str]
    entries: Sequence[int]


def change(request: HttpRequest, values: Mapping[str, str | None]) -> Changed:
    """Stores texts as they are typed, all or none of them; None forgets what was stored. Raises
    bridge.Wrong and bridge.NotRunning."""
    table = bridge.settings()
    with transaction.atomic():
        before = named(table.all())
        waiting = table.change(values)
        after = named(table.all())
        names = [name for name in values if _held(before[name]) != _held(after[name])]
        entries = [
            audit.note(request, ACTION, name, before=_held(before[name]), after=_held(after[name]))
            for name in names
        ]
    return Changed(names, [name for name in waiting if name in names], entries)


def named(rows: Sequence[Setting]) -> dict[str, Setting]:
    return {each.name: each for each in rows}


def before(entry: AuditEntry) -> tuple[str | None] | None:
    """What a change of a setting can bring back: a text, or (None,) for what holds without the
    console. None where the entry does not tell, or not all of it."""
    if entry.action != ACTION:
        return None
    held = kept.read(entry.before)
    if held.get("source") != "stored":
        return (None,)
    value = held.get("value")
    return (value,) if kept.whole(value) else None


def _held(row: Setting) -> dict[str, Any]:
    return {"value": row.value, "source": row.source}
