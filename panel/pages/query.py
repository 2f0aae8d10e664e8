"""`/api-key-query` and `/key/<token>`: the pages of somebody who has a key, or is given one."""

from __future__ import annotations

from datetime import UTC, timedelta

from django.conf import settings
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_http_methods

from keys import handouts, listing, overview, usage
from keys.models import ApiKey
from panel import audit, fresh
from panel.forms.entry import QueryForm
from panel.pages import part, ready, site
from panel.pages.door import paced
from panel.pages.history import chart, per_model
from panel.pages.rows import row

_FRAME = "plain.html"
_PLACEHOLDER = "sk-…"


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_post_parameters()
@sensitive_variables()
@paced
def asked(request: HttpRequest) -> HttpResponse:
    """The key comes in the body of a POST: in no address, no history, no log."""
    if request.method != "POST":
        return _ask(request, QueryForm())
    form = QueryForm(request.POST)
    if not form.is_valid():
        return _ask(request, form, status=422)
    text = form.cleaned_data["api_key"].strip()
    key = listing.find(text, settings.POTLUCK_PEPPER)
    if key is None:
        return _ask(request, QueryForm(), status=404, unknown=True)
    return _answer(request, key)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_variables()
@paced
def given(request: HttpRequest, token: str) -> HttpResponse:
    """A hand-out link. Looking at it changes nothing: previews of chats open links too."""
    if request.method != "POST":
        return part.page(request, "query/gift.html", {"token": token}, frame=_FRAME)
    now = timezone.now()
    with transaction.atomic():
        found = handouts.claim(token, settings.POTLUCK_PEPPER, settings.POTLUCK_VAULT_KEYS, now)
        if found is not None:
            audit.note(request, "handout.claim", f"key {found[0].pk}")
    if found is None:
        return part.page(request, "query/gone.html", {}, status=410, frame=_FRAME)
    key, secret = found
    context = {
        "row": row(key, now),
        "secret": secret,
        "lines": ready.lines(site.address(request), secret),
    }
    return part.page(request, "query/taken.html", context, frame=_FRAME)


def _ask(
    request: HttpRequest, form: QueryForm, *, status: int = 200, unknown: bool = False
) -> HttpResponse:
    context = {"form": form, "unknown": unknown}
    return part.page(request, "query/ask.html", context, status=status, frame=_FRAME)


def _answer(request: HttpRequest, key: ApiKey) -> HttpResponse:
    fresh.settled()
    key.refresh_from_db()
    now = timezone.now()
    today = now.astimezone(UTC).date()
    points = usage.series(key.pk, today - timedelta(days=29), today)
    context = {
        "row": row(key, now),
        "quota": overview.of_key(key.pk, now),
        "chart": chart(points, today),
        "models": per_model(points),
        # The key itself is not written back into the page: its owner has it.
        "lines": ready.lines(site.address(request), _PLACEHOLDER),
    }
    return part.page(request, "query/answer.html", context, frame=_FRAME)
