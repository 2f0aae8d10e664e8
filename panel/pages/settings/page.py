"""`/panel/settings`: the forms, and what was written into them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from panel import bridge, steering
from panel.bridge import NotRunning, Setting, Wrong
from panel.pages import part, undo
from panel.pages.door import admin_required
from panel.pages.preferences import back
from panel.pages.settings import rows
from panel.pages.settings.view import PAGE, View, tabs
from panel.steering import Changed

_MOST = 500


@require_http_methods(["GET", "HEAD", "POST"])
@admin_required
def shown(request: HttpRequest) -> HttpResponse:
    view = View.read(request.GET)
    try:
        found = bridge.settings().all()
    except NotRunning:
        return part.page(request, "settings/page.html", {"view": view, "tabs": []}, status=503)
    view = view.at(found)
    if request.method != "POST":
        return page(request, view, found)
    typed = _typed(request, found)
    try:
        done = steering.change(request, typed)
    except Wrong as wrong:
        texts = {name: text or "" for name, text in typed.items()}
        return page(request, view, found, typed=texts, errors=wrong.errors, status=422)
    tell(request, done)
    return part.to(request, view.address)


@require_POST
@admin_required
def reset(request: HttpRequest) -> HttpResponse:
    """Back to what holds without the console."""
    name, to = request.POST.get("name", ""), back(request.POST.get("next", PAGE))
    try:
        tell(request, steering.change(request, {name: None}))
    except (Wrong, NotRunning) as error:
        messages.error(request, str(error))
    return part.to(request, to)


def page(
    request: HttpRequest,
    view: View,
    found: Sequence[Setting],
    *,
    typed: Mapping[str, str] | None = None,
    errors: Mapping[str, str] | None = None,
    status: int = 200,
) -> HttpResponse:
    sections = view.sections(found, typed or {}, errors or {})
    context = {
        "view": view,
        "tabs": tabs(found, "" if view.q else view.group),
        "sections": sections,
        "open": any(row.open for each in sections for row in each.rows),
        "waiting": [each.name for each in found if each.waits],
        "wrong": list(errors or {}),
    }
    if part.wants(request, "settings"):
        response = part.page(request, "settings/body.html", context, status=status)
        response.headers["HX-Push-Url"] = view.address
        return response
    return part.page(request, "settings/page.html", context, status=status)


def tell(request: HttpRequest, done: Changed) -> None:
    """What was saved, with a way back."""
    if not done.names:
        messages.info(request, _("Nothing was changed."))
        return
    text = _("Saved: %(names)s.") % {"names": ", ".join(done.names)}
    if done.restart:
        names = ", ".join(done.restart)
        text += " " + _("Restart the gateway for %(names)s to hold.") % {"names": names}
    fields: dict[str, str | list[str]] = {
        "entry": [str(each) for each in done.entries if each],
        "next": _here(request),
    }
    undo.offer(request, text, f"{PAGE}/undo", fields)


def _here(request: HttpRequest) -> str:
    return back(request.POST.get("next", "") or request.get_full_path())


def _typed(request: HttpRequest, found: Sequence[Setting]) -> dict[str, str | None]:
    """What is not as the page came: somebody else may have changed the rest meanwhile."""
    known = {each.name: each for each in found}
    sent: dict[str, str | None] = {}
    for name in request.POST.getlist("shown")[:_MOST]:
        text = _text(request, known[name]) if name in known else ""
        if name not in known or not rows.same(
            known[name], text, request.POST.get(f"was-{name}", "")
        ):
            sent[name] = text
    return sent


def _text(request: HttpRequest, each: Setting) -> str:
    """A box that is not ticked is not sent."""
    values = request.POST.getlist(each.name)
    if each.kind == "flag":
        return "true" if "true" in values else "false"
    if each.kind == "list":
        return ",".join(rows.items(",".join(values)))
    return values[-1] if values else ""
