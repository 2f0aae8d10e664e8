"""`/api-key-admin/new`: one key or a batch; their texts are shown once, in the answer itself."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import quote

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from keys.attributes import Invalid
from keys.making import Made, Offer
from panel import keeping
from panel.forms.keys import NewKeyForm
from panel.pages import part, ready, site, steps
from panel.pages.door import admin_required

VALID = timedelta(days=7)
"""How long a hand-out link waits."""


@dataclass(frozen=True, slots=True)
class Born:
    """A key that was made just now. `link` is None where none was wanted."""

    id: int
    label: str
    total: int | None
    secret: str
    link: str | None


@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_post_parameters()
@admin_required
def new(request: HttpRequest) -> HttpResponse:
    if request.method != "POST":
        form = NewKeyForm(initial={"total_quota": keeping.QUOTA, "time_zone": keeping.zone()})
        return part.page(request, "keys/new.html", {"form": form})
    form = NewKeyForm(request.POST)
    if not form.is_valid():
        return part.page(request, "keys/new.html", {"form": form}, status=422)
    try:
        made = _make(request, form)
    except Invalid as invalid:
        form.refuse(invalid)
        return part.page(request, "keys/new.html", {"form": form}, status=422)
    response = _made(request, [_born(request, each) for each in made])
    # The list behind the sheet is asked again.
    response.headers["HX-Trigger"] = "keys-changed"
    return response


def _make(request: HttpRequest, form: NewKeyForm) -> Sequence[Made]:
    offer = None
    if form.cleaned_data["links"]:
        offer = Offer(tuple(settings.POTLUCK_VAULT_KEYS), timezone.now() + VALID)
    return keeping.make(
        request,
        form.cleaned_data["count"],
        total=form.cleaned_data["total_quota"],
        offer=offer,
        **form.details,
    )


def _born(request: HttpRequest, made: Made) -> Born:
    link = f"{site.address(request)}/key/{made.token}" if made.token else None
    return Born(made.key.pk, made.key.description, made.key.total_quota, made.secret, link)


def _made(request: HttpRequest, born: Sequence[Born]) -> HttpResponse:
    """Never a redirect: the texts are nowhere but in this answer."""
    if len(born) == 1:
        context = {
            "born": born[0],
            "lines": ready.lines(site.address(request), born[0].secret),
            "following": steps.following(request),
        }
        return part.page(request, "keys/made.html", context, status=201)
    batch = {"born": born, "text": _text(born), "table": _table(born)}
    return part.page(request, "keys/batch.html", batch, status=201)


def _text(born: Sequence[Born]) -> str:
    """What the copy button copies: a key a line."""
    return "\n".join(f"{each.label}\t{each.secret}".strip() for each in born)


def _table(born: Sequence[Born]) -> str:
    """The same and the links as a CSV file, in the address of a download: no server keeps it."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(("label", "api_key", "units", "link"))
    for each in born:
        writer.writerow((_harmless(each.label), each.secret, each.total, each.link))
    # With a mark of its encoding, or Excel takes Chinese for something else.
    return f"data:text/csv;charset=utf-8,{quote(chr(0xFEFF) + out.getvalue())}"


def _harmless(text: str) -> str:
    """A label that a spreadsheet would run as a formula is quoted."""
    return f"'{text}" if text[:1] in tuple("=+-@") else text
