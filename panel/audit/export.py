"""The trail as a file: a table for spreadsheets, or a JSON object a line."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse

from panel import audit, flow
from panel.audit import search, values
from panel.audit.search import Wanted
from panel.models import AuditEntry

FORMS = ("csv", "jsonl")
COLUMNS = (
    *("id", "at", "actor", "address", "action", "target"),
    *("before", "after", "previous", "hash"),
)

_MARK = "\ufeff"
"""Without it Excel takes Chinese for something else."""
_RUNS = ("=", "+", "-", "@", "\t", "\r", "\n")


def file(request: HttpRequest, wanted: Wanted, form: str, words: Mapping[str, str]) -> HttpResponse:
    """Newest first. `words` are what was asked for, as the note of it says."""
    audit.note(request, "audit.export", after={**words, "as": form})
    if form == "jsonl":
        return flow.attached(
            request, objects(wanted), "application/jsonl; charset=utf-8", "potluck-audit.jsonl"
        )
    return flow.attached(request, table(wanted), "text/csv; charset=utf-8", "potluck-audit.csv")


def table(wanted: Wanted) -> Iterator[bytes]:
    yield (_MARK + _lines([COLUMNS])).encode()
    for rows in search.every(wanted):
        yield _lines([[_harmless(shown(row)[name]) for name in COLUMNS] for row in rows]).encode()


def objects(wanted: Wanted) -> Iterator[bytes]:
    for rows in search.every(wanted):
        yield "".join(_object(row) for row in rows).encode()


def shown(row: AuditEntry) -> dict[str, Any]:
    """All of an entry; `before` and `after` are the texts that are sealed."""
    return {name: getattr(row, name) for name in COLUMNS} | {"at": row.at.isoformat()}


def _object(row: AuditEntry) -> str:
    read = {"before": values.read(row.before), "after": values.read(row.after)}
    return json.dumps(shown(row) | read, ensure_ascii=False) + "\n"


def _harmless(value: object) -> object:
    """A text that a spreadsheet would run as a formula begins with an apostrophe."""
    return f"'{value}" if isinstance(value, str) and value.startswith(_RUNS) else value


def _lines(rows: Sequence[Sequence[object]]) -> str:
    out = io.StringIO()
    csv.writer(out).writerows(rows)
    return out.getvalue()
