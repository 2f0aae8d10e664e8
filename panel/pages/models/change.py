"""`/panel/models/<what>`: what was written into one of the forms."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from panel import steering
from panel.bridge import NotRunning, Wrong
from panel.pages import part, undo
from panel.pages.door import admin_required
from panel.pages.models import editing, shelf
from panel.pages.models.editing import NAMES, PAGE


@require_POST
@admin_required
def changed(request: HttpRequest, what: str) -> HttpResponse:
    """`reset` goes back to what holds without the console."""
    if what not in NAMES:
        raise Http404
    text = None if "reset" in request.POST else _sent(request)
    error = "" if text is None else editing.wrong(what, text)
    try:
        before = editing.rows()[NAMES[what]]
        if not error:
            steering.change(request, {before.name: text})
    except NotRunning as away:
        messages.error(request, str(away))
        return part.to(request, PAGE)
    except Wrong as wrong:
        error = wrong.errors.get(NAMES[what], str(wrong))
    if error:
        return shelf.page(request, editing.editors({what: (text or "", error)}), status=422)
    back = {"text": before.value} if before.source == "stored" else {"reset": "1"}
    undo.offer(request, _("Saved. It holds from the next call on."), f"{PAGE}/{what}", back)
    return part.to(request, PAGE)


def _sent(request: HttpRequest) -> str:
    """Items with commas between: of a field with lines, or of boxes that were ticked."""
    items = request.POST.get("text", "").replace(",", "\n").splitlines()
    items += request.POST.getlist("item")
    return ",".join(filter(None, (each.strip() for each in items)))
