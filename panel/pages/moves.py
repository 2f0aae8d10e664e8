"""`/api-key-admin/<id>/move`: units granted, withdrawn, counted anew; limits set and lifted."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from keys import services
from keys.models import ApiKey
from keys.services import BelowUse, Invalid
from panel import keeping
from panel.forms.keys import MoveForm
from panel.pages import part
from panel.pages.door import admin_required
from panel.pages.layout import CONSOLE
from panel.pages.single import get, page


@require_POST
@admin_required
def moved(request: HttpRequest, key_id: int) -> HttpResponse:
    key, form = get(key_id), MoveForm(request.POST)
    way, reason = request.POST.get("way", ""), request.POST.get("reason", "").strip()[:200]
    match way:
        case "reset":
            keeping.move(request, services.reset, key_id, reason)
            return _done(request, key_id, _("Counting begins at zero again."))
        case "unlimit":
            keeping.move(request, services.resize, key_id, reason, total=None)
            return _done(request, key_id, _("The key has no limit now."))
    wrong = "" if form.is_valid() else "form"
    wrong = wrong or _move(request, key, way, form.cleaned_data["units"], reason)
    if not wrong:
        return _done(request, key_id, _("The quota was changed."))
    if form.is_valid():
        form.add_error("units", wrong)
    return page(request, key, move=form, status=422)


def _move(request: HttpRequest, key: ApiKey, way: str, units: int, reason: str) -> str:
    """What is wrong with it, or "" when it is done."""
    try:
        match way:
            case "grant":
                keeping.move(request, services.grant, key.pk, reason, units=units)
            case "withdraw":
                keeping.move(request, services.withdraw, key.pk, reason, units=units)
            case "limit":
                total = key.used + key.reserved + units
                keeping.move(request, services.resize, key.pk, reason, total=total)
            case _unknown:
                return _("Choose what to do with the units.")
    except BelowUse as below:
        most = (key.total_quota or 0) - below.least
        return _("At most %(most)s can be taken back.") % {"most": f"{max(most, 0):,}"}
    except Invalid:
        return _("That is more than a key can have.")
    except ValueError:
        return _("This key has no limit that could be moved.")
    return ""


def _done(request: HttpRequest, key_id: int, text: str) -> HttpResponse:
    messages.success(request, text)
    return part.to(request, f"{CONSOLE}/{key_id}")
