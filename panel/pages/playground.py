"""`/panel/playground`: does it work? The page; the browser itself makes the call."""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from panel import trial
from panel.pages import part, ready
from panel.pages.door import admin_required
from panel.pages.models import names
from panel.pages.requests import words

_MOST = 500
"""Names that are offered while one types."""


@dataclass(frozen=True, slots=True)
class Tongue:
    """A dialect; its `slug` is what `static/js/tongues.js` calls it."""

    slug: str
    name: str
    path: str
    chosen: bool


@require_safe
@admin_required
def shown(request: HttpRequest) -> HttpResponse:
    """`?model=…&dialect=…` choose what it begins with."""
    rows = [row for row in names.known() or () if not row.excluded]
    models = [name for row in rows for name in (row.name, *row.variants)][:_MOST]
    context = {
        "tongues": _tongues(request.GET.get("dialect", "")),
        "model": request.GET.get("model", "").strip()[: names.LONGEST] or _first(models),
        "models": models,
        "site": settings.POTLUCK.host_url.rstrip("/"),
        "units": trial.UNITS,
        "advice": [(code, each.advice) for code, each in words.codes().items()],
    }
    return part.page(request, "playground/page.html", context)


@require_POST
@admin_required
def minted(request: HttpRequest) -> HttpResponse:
    """A key for this page. Its text is in this answer and nowhere else."""
    key, secret = trial.mint(request, timezone.now())
    made = {
        "api_key": secret,
        "id": key.pk,
        "masked": key.masked,
        "total_quota": key.total_quota,
        "expires_at": key.expires_at.isoformat() if key.expires_at else None,
    }
    return JsonResponse(made, status=201)


def _tongues(wanted: str) -> list[Tongue]:
    known = (
        ("openai_chat", "OpenAI Chat", "/v1/chat/completions"),
        ("openai_responses", "OpenAI Responses", "/v1/responses"),
        ("anthropic", "Anthropic Messages", "/v1/messages"),
        ("gemini", "Gemini", "/v1beta/models/…"),
    )
    chosen = wanted if wanted in {slug for slug, *_rest in known} else known[0][0]
    return [Tongue(slug, name, path, slug == chosen) for slug, name, path in known]


def _first(models: list[str]) -> str:
    """What most gateways have, else what this one has."""
    return ready.MODEL if ready.MODEL in models or not models else models[0]
