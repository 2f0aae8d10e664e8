"""`/panel/credentials/<id>/edit` and `…/delete`."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from credentials import sealing
from credentials.editing import Invalid, Lent
from credentials.kinds import Source
from credentials.models import Credential
from credentials.overview import Detail
from panel import removing, tending
from panel.forms.credentials import CareForm
from panel.forms.shown import remember
from panel.pages import part
from panel.pages.door import admin_required
from panel.pages.pool.rows import line
from panel.pages.pool.single import get
from panel.pages.pool.view import PAGE

_WAYS = ["GET", "HEAD", "POST"]


@require_http_methods(_WAYS)
@sensitive_post_parameters()
@admin_required
def edited(request: HttpRequest, id: int) -> HttpResponse:
    found = get(id)
    before = _now(found)
    if request.method != "POST":
        return _edit(request, found, _form(found, initial=before))
    form = _form(found, request.POST, initial=before)
    if not form.is_valid() or not _changed(request, form, found.id, before):
        return _edit(request, found, form, status=422)
    messages.success(request, _("Saved."))
    return part.to(request, f"{PAGE}/{id}")


def _form(found: Detail, *args: Any, **more: Any) -> CareForm:
    form = CareForm(*args, **more)
    own = {kind.value for kind in sealing.ACCOUNTS}
    if found.kind in own or found.source == Source.CONTRIBUTED:
        # Its secret is for its provider's own address.
        del form.fields["base_url"]
    remember(form)
    return form


def _now(found: Detail) -> dict[str, Any]:
    caps = found.today.caps
    return {
        "label": found.label,
        "weight": found.weight,
        "minute_cap": caps.minute or None,
        "day_cap": caps.day or None,
        "pro_cap": caps.pro or None,
        "proxy": found.proxy,
        "base_url": found.base_url,
    }


def _changed(request: HttpRequest, form: CareForm, id: int, before: dict[str, Any]) -> bool:
    """False when some of it cannot be, and the form says so."""
    # The form shows a proxy without its password: what was not touched stays as it is.
    said = {name: form.cleaned_data[name] for name in form.changed_data}
    wanted: Any = {name: _plain(name, value) for name, value in said.items()}
    try:
        tending.edit(request, id, wanted)
    except Credential.DoesNotExist:
        raise Http404 from None
    except Lent as lent:
        form.add_error(lent.field if lent.field in form.fields else None, str(lent))
        return False
    except Invalid as invalid:
        for name, sentence in invalid.errors.items():
            form.add_error(name if name in form.fields else None, sentence)
        return False
    return True


def _plain(name: str, value: Any) -> Any:
    """An empty cap is none, an empty weight the common one."""
    if value is not None:
        return value
    return 1 if name == "weight" else 0


def _edit(request: HttpRequest, found: Detail, form: CareForm, status: int = 200) -> HttpResponse:
    context = {"form": form, "row": line(found, timezone.now(), "")}
    return part.page(request, "credentials/edit.html", context, status=status)


@require_http_methods(_WAYS)
@admin_required
def deleted(request: HttpRequest, id: int) -> HttpResponse:
    """Cannot be undone: the name, or the number, is typed first."""
    found = line(get(id), timezone.now(), "")
    context = {"row": found, "wrong": False}
    if request.method != "POST":
        return part.page(request, "credentials/delete.html", context)
    if request.POST.get("name", "").strip() != found.typed:
        context["wrong"] = True
        return part.page(request, "credentials/delete.html", context, status=422)
    removing.delete(request, [id], request.POST.get("reason", "").strip())
    messages.success(request, _("%(name)s was deleted.") % {"name": found.name})
    return part.to(request, PAGE)
