"""`/api-key-admin/<id>`: everything about one key, and all that may be done to it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, timedelta
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from keys import overview, usage
from keys.attributes import Invalid
from keys.models import ApiKey, EntryKind
from panel import keeping
from panel.forms.keys import KeyForm, MoveForm, initial
from panel.forms.shown import remember
from panel.pages import part, undo
from panel.pages.door import admin_required
from panel.pages.history import chart, per_model
from panel.pages.layout import CONSOLE
from panel.pages.rows import row

_ENTRIES = 20


def get(key_id: int) -> ApiKey:
    found = ApiKey.objects.filter(pk=key_id, deleted=False).first()
    if found is None:
        raise Http404
    return found


@require_safe
@admin_required
def shown(request: HttpRequest, key_id: int) -> HttpResponse:
    return page(request, get(key_id))


@require_http_methods(["GET", "HEAD", "POST"])
@admin_required
def edited(request: HttpRequest, key_id: int) -> HttpResponse:
    key = get(key_id)
    form = KeyForm(request.POST if request.method == "POST" else None, initial=initial(_all(key)))
    remember(form)
    if not form.is_bound:
        return _edit(request, key, form)
    if not form.is_valid():
        return _edit(request, key, form, status=422)
    try:
        keeping.edit(request, key_id, **form.changed)
    except Invalid as invalid:
        form.refuse(invalid)
        return _edit(request, key, form, status=422)
    messages.success(request, _("Saved."))
    return part.to(request, f"{CONSOLE}/{key_id}")


@require_POST
@admin_required
def switched(request: HttpRequest, key_id: int) -> HttpResponse:
    """On or off."""
    get(key_id)
    on = request.POST.get("enabled") == "true"
    keeping.switch(request, key_id, on=on)
    text = _("The key works again.") if on else _("The key is off.")
    back = {"enabled": "false" if on else "true"}
    undo.offer(request, text, f"{CONSOLE}/{key_id}/switch", back)
    return part.to(request, f"{CONSOLE}/{key_id}")


@require_POST
@admin_required
def settled(request: HttpRequest, key_id: int) -> HttpResponse:
    """A person has looked at a key that was flagged."""
    get(key_id)
    keeping.unflag(request, key_id)
    return part.to(request, f"{CONSOLE}/{key_id}")


@require_http_methods(["GET", "HEAD", "POST"])
@admin_required
def deleted(request: HttpRequest, key_id: int) -> HttpResponse:
    """Cannot be undone: the name is typed first."""
    found = row(get(key_id), timezone.now())
    if request.method == "POST":
        if request.POST.get("name", "").strip() == found.typed:
            keeping.delete(request, key_id)
            messages.success(request, _("%(name)s was deleted.") % {"name": found.name})
            return part.to(request, CONSOLE)
        context = {"row": found, "wrong": True}
        return part.page(request, "keys/delete.html", context, status=422)
    return part.page(request, "keys/delete.html", {"row": found})


def _all(key: ApiKey) -> dict[str, Any]:
    models = overview.allowances([key.pk])[key.pk]
    return overview.balance(key, {}) | overview.attributes(key, models)


def _edit(request: HttpRequest, key: ApiKey, form: KeyForm, status: int = 200) -> HttpResponse:
    context = {"form": form, "row": row(key, timezone.now())}
    return part.page(request, "keys/edit.html", context, status=status)


def page(
    request: HttpRequest, key: ApiKey, *, move: MoveForm | None = None, status: int = 200
) -> HttpResponse:
    """`move` is the form of the quota, if it was sent and is wrong."""
    now = timezone.now()
    today = now.astimezone(UTC).date()
    points = usage.series(key.pk, today - timedelta(days=29), today)
    entries = usage.entries(key.pk, before=_number(request.GET.get("before")), size=_ENTRIES)
    context = {
        "row": row(key, now),
        "key": key,
        "all": _all(key),
        "quota": overview.of_key(key.pk, now),
        "chart": chart(points, today),
        "models": per_model(points),
        "entries": _spoken(entries.entries),
        "older": entries.next,
        "move": move or MoveForm(),
    }
    return part.page(request, "keys/key.html", context, status=status)


def _spoken(entries: Sequence[Any]) -> list[dict[str, Any]]:
    names = {
        EntryKind.GRANT: _("granted"),
        EntryKind.WITHDRAWAL: _("withdrawn"),
        EntryKind.CHARGE: _("call"),
        EntryKind.REFUND: _("refund"),
        EntryKind.RESET: _("reset"),
        EntryKind.RENEWAL: _("day renewed"),
    }
    return [
        {
            "at": each.at,
            "kind": names[EntryKind(each.kind)],
            "units": f"{each.units:+,}",
            "balance": each.balance,
            "reason": _("created") if each.reason == "created" else each.reason,
        }
        for each in entries
    ]


def _number(text: str | None) -> int | None:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 19 else None
