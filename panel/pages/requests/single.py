"""`/panel/requests/<id>`: everything that is known of one call, as a page or in the side sheet."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from credentials.models import Credential
from keys import requests
from keys.models import RequestRecord
from panel.pages import part
from panel.pages.door import admin_required
from panel.pages.requests import words
from panel.pages.requests.rows import Asker, askers, row
from panel.pages.requests.timeline import steps


@require_safe
@admin_required
def shown(request: HttpRequest, request_id: str) -> HttpResponse:
    record = requests.find(request_id)
    if record is None:
        raise Http404
    tried = requests.tried(record)
    asker = askers([record.key_id or 0]).get(record.key_id or 0, Asker(0, ""))
    context = {
        "record": record,
        "row": row(record, asker),
        "steps": steps(record, tried),
        "advice": words.codes().get(record.error_code),
        "dropped": _dropped(record),
        "known": _known([each.credential for each in tried]),
    }
    return part.page(request, "requests/request.html", context)


def _dropped(record: RequestRecord) -> list[tuple[str, str]]:
    names = [name.strip() for name in record.dropped.split(",") if name.strip()]
    return [(name, words.field(name)) for name in names]


def _known(ids: list[int]) -> set[int]:
    """Credentials that still have a page."""
    found = Credential.objects.filter(pk__in=ids, deleted_at=None)
    return set(found.values_list("pk", flat=True))
