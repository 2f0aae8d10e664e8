"""`/panel/settings/history`: what was changed, and back again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from panel import bridge, steering
from panel.audit import book, search
from panel.audit.search import Wanted
from panel.bridge import NotRunning, Setting, Wrong
from panel.models import AuditEntry
from panel.pages import part
from panel.pages.deeds import Deed, deeds
from panel.pages.door import admin_required
from panel.pages.preferences import back
from panel.pages.settings.page import tell
from panel.pages.settings.view import PAGE, tabs

SIZE = 40
HISTORY = f"{PAGE}/history"


@dataclass(frozen=True, slots=True)
class Step:
    """A change; `way`: it can be taken back."""

    deed: Deed
    way: bool


@require_safe
@admin_required
def listed(request: HttpRequest) -> HttpResponse:
    try:
        found = bridge.settings().all()
    except NotRunning:
        found = []
    text = request.GET.get("after", "")
    before = int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None
    page = search.page(Wanted(action=steering.ACTION), before=before, size=SIZE)
    broken = book.broken(page.entries)
    context = {
        "tabs": tabs(found, "history"),
        "steps": _steps(page.entries, deeds(page.entries, broken), steering.named(found)),
        "first": HISTORY if before else "",
        "further": f"{HISTORY}?after={page.next}" if page.next else "",
    }
    return part.page(request, "settings/history.html", context)


@require_POST
@admin_required
def restored(request: HttpRequest) -> HttpResponse:
    """Writes what was before the named entries; each is a new entry itself."""
    to = back(request.POST.get("next", "") or HISTORY)
    texts = request.POST.getlist("entry")
    ids = [int(each) for each in texts if each.isdecimal() and len(each) < 19][:100]
    entries = AuditEntry.objects.filter(pk__in=ids)
    values: dict[str, str | None] = {}
    # Of several of one setting, the oldest tells what was before all of them.
    for entry in entries.order_by("-pk"):
        if (held := steering.before(entry)) is not None:
            values[entry.target] = held[0]
    if not values or book.broken(list(entries)):
        messages.error(request, _("This change cannot be taken back: its entry does not tell how."))
        return part.to(request, to)
    try:
        tell(request, steering.change(request, values))
    except (Wrong, NotRunning) as error:
        messages.error(request, str(error))
    return part.to(request, to)


def _steps(
    entries: Sequence[AuditEntry], shown: Sequence[Deed], known: Mapping[str, Setting]
) -> list[Step]:
    return [
        Step(deed, deed.sound and _way(entry, known.get(entry.target)))
        for entry, deed in zip(entries, shown, strict=True)
    ]


def _way(entry: AuditEntry, now: Setting | None) -> bool:
    held = steering.before(entry)
    if held is None or now is None or not now.storable or now.source == "environment":
        return False
    text = held[0]
    return now.source == "stored" if text is None else (now.source, now.value) != ("stored", text)
