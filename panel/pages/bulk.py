"""`/api-key-admin/bulk`: one action on all picked keys."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from keys.models import ApiKey
from panel import keeping
from panel.pages import part, undo
from panel.pages.door import admin_required
from panel.pages.layout import CONSOLE
from panel.pages.preferences import back
from panel.pages.rows import rows

_MOST = 500
_DIGITS = 19
"""No id has so many."""


@require_POST
@admin_required
def done(request: HttpRequest) -> HttpResponse:
    keys = _picked(request)
    to = back(request.POST.get("next", CONSOLE))
    match request.POST.get("action"):
        case _ if not keys:
            messages.warning(request, _("Pick some keys first."))
        case "enable":
            _switch(request, keys, on=True)
        case "disable":
            _switch(request, keys, on=False)
        case "delete":
            return _delete(request, keys, to)
        case _:
            messages.warning(request, _("Choose what to do with the picked keys."))
    return part.to(request, to)


def _picked(request: HttpRequest) -> list[ApiKey]:
    texts = request.POST.getlist("key")[:_MOST]
    ids = [int(each) for each in texts if each.isdecimal() and len(each) < _DIGITS]
    return list(ApiKey.objects.filter(pk__in=ids, deleted=False).order_by("-pk"))


def _switch(request: HttpRequest, keys: list[ApiKey], *, on: bool) -> None:
    changed = [key for key in keys if key.enabled is not on]
    for key in changed:
        keeping.switch(request, key.pk, on=on)
    count = len(changed)
    if on:
        text = ngettext("%(count)d key works again.", "%(count)d keys work again.", count)
    else:
        text = ngettext("%(count)d key is off now.", "%(count)d keys are off now.", count)
    back = {"action": "disable" if on else "enable", "key": [str(key.pk) for key in changed]}
    undo.offer(request, text % {"count": count}, f"{CONSOLE}/bulk", back)


def _delete(request: HttpRequest, keys: list[ApiKey], to: str) -> HttpResponse:
    """Cannot be undone: the number of the keys is typed first."""
    count, typed = len(keys), request.POST.get("number", "").strip()
    if typed == str(count):
        for key in keys:
            keeping.delete(request, key.pk)
        text = ngettext("%(count)d key was deleted.", "%(count)d keys were deleted.", count)
        messages.success(request, text % {"count": count})
        return part.to(request, to)
    context = {
        "rows": rows(keys, timezone.now()),
        "count": count,
        "wrong": bool(typed),
        "next": to,
    }
    return part.page(request, "keys/bulk.html", context, status=422 if typed else 200)
