"""Names that records of requests hold of credentials, and how one is changed afterwards.

A job of the background: a record has no index by credential, so all are gone through once, a piece
at a time, and later those that came since.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from functools import partial

from django.db.models import Max, Q

from keys.models import Progress, RequestRecord

NAME = "credential_labels"
"""The Progress that names the last record that was looked at."""

PIECE = 2_000
"""Records of one look; nobody waits for more than the writing of what changed in them."""

# An entry begins a list; within a text its quote would stand behind a backslash. A text that was
# too long was cut, perhaps within the name.
_ENTRY = re.compile(r'\[(\d+),(\s*)"((?:[^"\\]|\\.)*)("|\\?\Z)')


def rename(names: Mapping[int, str], *, using: str = "default") -> int:
    """Calls each credential what `names` (id → name) says, in all records since the last time;
    how many were changed.

    May be broken off at any time, and done by several processes at once.
    """
    marks = Progress.objects.using(using)
    mark = marks.get_or_create(name=NAME)[0]
    newest = RequestRecord.objects.using(using).aggregate(id=Max("id"))["id"] or 0
    done, changed = mark.value, 0
    while done < newest:
        upto = min(done + PIECE, newest) if names else newest
        changed += _piece(names, done, upto, using) if names else 0
        # Another process may be further on.
        marks.filter(pk=NAME, value__lt=upto).update(value=upto)
        done = upto
    return changed


def renamed(attempts: str, names: Mapping[int, str]) -> str:
    """The JSON text of a record's attempts, with the names in it changed."""
    return _ENTRY.sub(partial(_entry, names), attempts)


def _piece(names: Mapping[int, str], after: int, upto: int, using: str) -> int:
    rows = RequestRecord.objects.using(using)
    some = rows.filter(id__gt=after, id__lte=upto)
    asked = some.filter(Q(credential_id__in=list(names)) | ~Q(attempts=""))
    changed = 0
    for id, credential, label, attempts in asked.values_list(
        "pk", "credential_id", "credential_label", "attempts"
    ):
        wanted = (names.get(credential or 0, label), renamed(attempts, names))
        if wanted != (label, attempts):
            rows.filter(pk=id).update(credential_label=wanted[0], attempts=wanted[1])
            changed += 1
    return changed


def _entry(names: Mapping[int, str], found: re.Match[str]) -> str:
    id, space, _, end = found.groups()
    name = names.get(int(id))
    if name is None:
        return found[0]
    return f"[{id},{space}{json.dumps(name, ensure_ascii=False)[:-1]}{end}"
