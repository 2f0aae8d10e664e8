"""The request log as a table for spreadsheets, sent while it is read."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_GET

from keys import requests
from keys.models import RequestRecord
from keys.requests import Wanted
from panel import audit, flow
from panel.pages.door import admin_required
from panel.pages.requests.rows import Asker, askers
from panel.pages.requests.view import View

COLUMNS = (
    *("request_id", "at", "key_id", "key", "address", "model", "upstream_model", "provider"),
    *("credential_id", "credential_label", "client_dialect", "upstream_dialect", "operation"),
    *("stream", "status", "error_code", "detail", "first_byte_ms", "duration_ms"),
    *("input_tokens", "output_tokens", "cached_tokens", "thinking_tokens", "units", "dropped"),
)

_MARK = "\ufeff"
"""Without it Excel takes Chinese for something else."""
_RUNS = ("=", "+", "-", "@", "\t", "\r", "\n")


@require_GET
@admin_required
def table(request: HttpRequest) -> HttpResponse:
    """Everything that the address asks for, newest first."""
    view = View.read(request.GET)
    chunks = written(view.wanted(timezone.now()))
    audit.note(request, "requests.export", after=dict(view.words))
    return flow.attached(request, chunks, "text/csv; charset=utf-8", "potluck-requests.csv")


def written(wanted: Wanted) -> Iterator[bytes]:
    """The table, a piece for each read of the database."""
    yield (_MARK + _lines([COLUMNS])).encode()
    for records in requests.every(wanted):
        who = askers({record.key_id for record in records if record.key_id is not None})
        yield _lines([_cells(each, who.get(each.key_id or 0)) for each in records]).encode()


def _cells(record: RequestRecord, asker: Asker | None) -> list[object]:
    # `record.key` would ask the database for each line.
    said = {"key": asker.name if asker else "", "at": record.at.isoformat()}
    return [harmless(said[name] if name in said else getattr(record, name)) for name in COLUMNS]


def harmless(value: object) -> object:
    """A text that a spreadsheet would run as a formula begins with an apostrophe."""
    return f"'{value}" if isinstance(value, str) and value.startswith(_RUNS) else value


def _lines(rows: Sequence[Sequence[object]]) -> str:
    out = io.StringIO()
    csv.writer(out).writerows(rows)
    return out.getvalue()
