"""`/api-key-admin`: who has what, who is running out?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from keys import listing
from keys.listing import Page, Sort, Wanted
from keys.listing import State as Filter
from panel.pages import part
from panel.pages.door import admin_required
from panel.pages.layout import CONSOLE
from panel.pages.rows import rows

SIZE = 30

_COUNTED = 10_000
"""More keys than that are "more than"."""

_SORTS = {
    "new": (Sort.CREATED, True),
    "left": (Sort.REMAINING, False),
    "used": (Sort.USED, True),
    "expiry": (Sort.EXPIRY, False),
}

_FILTERS = {each.value: each for each in Filter}


@dataclass(frozen=True, slots=True)
class Choice:
    value: str
    label: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class View:
    """What the address says: `q`, `state`, `sort` and, further down, `after`."""

    search: str
    state: Filter | None
    sort: str
    after: str | None

    @classmethod
    def read(cls, query: QueryDict) -> View:
        """Unknown words are as good as none."""
        state, sort = query.get("state", ""), query.get("sort", "")
        return cls(
            search=query.get("q", "").strip()[:200],
            state=_FILTERS.get(state),
            sort=sort if sort in _SORTS else "new",
            after=query.get("after") or None,
        )

    @property
    def wanted(self) -> Wanted:
        return Wanted(self.search, (self.state,) if self.state else ())

    @property
    def narrowed(self) -> bool:
        return bool(self.search or self.state)

    def address(self, after: str | None = None) -> str:
        sort = "" if self.sort == "new" else self.sort
        words = {"q": self.search, "state": self.state, "sort": sort, "after": after}
        query = urlencode({name: str(value) for name, value in words.items() if value})
        return f"{CONSOLE}?{query}" if query else CONSOLE

    def states(self) -> list[Choice]:
        names = {
            "": _("All"),
            Filter.ENABLED: _("Active"),
            Filter.EXHAUSTED: _("Used up"),
            Filter.EXPIRED: _("Expired"),
            Filter.DISABLED: _("Off"),
            Filter.UNUSED: _("Never used"),
            Filter.FLAGGED: _("To look at"),
        }
        return [Choice(value, name, value == (self.state or "")) for value, name in names.items()]

    def sorts(self) -> list[Choice]:
        names = {
            "new": _("Newest first"),
            "left": _("Least left first"),
            "used": _("Most used first"),
            "expiry": _("Next to expire first"),
        }
        return [Choice(value, name, value == self.sort) for value, name in names.items()]


@require_safe
@admin_required
def listed(request: HttpRequest) -> HttpResponse:
    view = View.read(request.GET)
    pepper, now = settings.POTLUCK_PEPPER, timezone.now()
    sort, descending = _SORTS[view.sort]
    try:
        page = listing.page(
            view.wanted,
            pepper,
            now,
            sort=sort,
            descending=descending,
            after=view.after,
            size=SIZE,
        )
    except ValueError:
        messages.warning(request, _("That link was of another list; this one begins anew."))
        return part.to(request, view.address())
    count = _count(page, view, now)
    context = {
        "view": view,
        "rows": rows(page.keys, now),
        "count": min(count, _COUNTED),
        "more": count > _COUNTED,
        "further": view.address(page.next) if page.next else None,
        "first": view.address() if view.after else None,
    }
    template = "keys/rows.html" if part.wants(request, "keys") else "keys/list.html"
    return part.page(request, template, context)


def _count(page: Page, view: View, now: datetime) -> int:
    """A first page that is also the last has been counted already."""
    if page.next is None and view.after is None:
        return len(page.keys)
    return listing.count(view.wanted, settings.POTLUCK_PEPPER, now, most=_COUNTED)
