"""`/panel/audit`: who changed what, and is it all still there?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_safe

from keys import days
from keys.records import clean
from panel.audit import book, export, search, words
from panel.audit.search import Wanted
from panel.pages import part
from panel.pages.deeds import deeds
from panel.pages.door import admin_required
from panel.pages.shelf import Choice

PAGE = "/panel/audit"
SIZE = 40

RANGES = {"24h": timedelta(hours=24), "7d": timedelta(days=7), "30d": timedelta(days=30)}

_FILTERS = ("q", "group", "range", "from", "to", "target", "action")
_REST = ("tz", "after")
_ROOM = 200


@dataclass(frozen=True, slots=True)
class View:
    """The words of the address. What cannot be read narrows nothing; `wrong` names it."""

    words: Mapping[str, str]

    @classmethod
    def read(cls, query: QueryDict) -> View:
        said = {name: query.get(name, "").strip() for name in (*_FILTERS, *_REST)}
        return cls({name: clean(text, _ROOM) for name, text in said.items() if text})

    def get(self, name: str) -> str:
        return self.words.get(name, "")

    @property
    def narrowed(self) -> bool:
        return any(name in self.words for name in _FILTERS)

    @property
    def unfolded(self) -> bool:
        return any(name in self.words for name in ("from", "to", "target"))

    @property
    def wrong(self) -> list[str]:
        named = [name for name in ("from", "to") if name in self.words]
        return [name for name in named if self._moment(name) is None]

    @property
    def before(self) -> int | None:
        text = self.get("after")
        return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None

    def address(self, page: str = PAGE, **changes: str | None) -> str:
        """The same view with some words changed, or without them."""
        said = {**self.words, **changes}
        if not (said.get("from") or said.get("to")):
            said["tz"] = None
        named = {name: text for name, text in said.items() if text}
        return f"{page}?{urlencode(named)}" if named else page

    def wanted(self, now: datetime) -> Wanted:
        span = RANGES.get(self.get("range"))
        since = [now - span] if span else []
        since += [start] if (start := self._moment("from")) else []
        return Wanted(
            group=self.get("group"),
            action=self.get("action"),
            target=self.get("target"),
            text=self.get("q"),
            since=max(since, default=None),
            until=self._moment("to"),
        )

    def _moment(self, name: str) -> datetime | None:
        """A time without an offset is one of the visitor's zone."""
        zone = days.known(self.get("tz")) if "tz" in self.words else UTC
        try:
            found = datetime.fromisoformat(self.get(name))
            return (found if found.tzinfo else found.replace(tzinfo=zone)).astimezone(UTC)
        except (ValueError, OverflowError):
            return None


@require_safe
@admin_required
def listed(request: HttpRequest) -> HttpResponse:
    view = View.read(request.GET)
    page = search.page(view.wanted(timezone.now()), before=view.before, size=SIZE)
    broken = book.broken(page.entries)
    context = {
        "view": view,
        "words": view.words,
        "deeds": deeds(page.entries, broken),
        "broken": sorted(broken),
        "first": view.address(after=None) if view.before else "",
        "further": view.address(after=str(page.next)) if page.next else "",
        "file": view.address(f"{PAGE}/export", after=None) + ("&" if view.words else "?"),
    }
    if part.wants(request, "trail"):
        response = part.page(request, "audit/rows.html", context)
        # What the form sends has every empty field in it.
        response.headers["HX-Push-Url"] = view.address()
        return response
    return part.page(request, "audit/list.html", context | _choices(view))


@require_GET
@admin_required
def exported(request: HttpRequest) -> HttpResponse:
    """Everything that the address asks for; `as` is csv or jsonl."""
    view, form = View.read(request.GET), request.GET.get("as", "")
    form = form if form in export.FORMS else export.FORMS[0]
    return export.file(request, view.wanted(timezone.now()), form, view.words)


def _choices(view: View) -> dict[str, list[Choice]]:
    groups = {"": _("Everything"), **words.groups()}
    ranges = {
        "": _("Any time"),
        "24h": _("24 hours"),
        "7d": _("7 days"),
        "30d": _("30 days"),
    }
    return {
        "groups": [Choice(each, word, each == view.get("group")) for each, word in groups.items()],
        "ranges": [Choice(each, word, each == view.get("range")) for each, word in ranges.items()],
    }
