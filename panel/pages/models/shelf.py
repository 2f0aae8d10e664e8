"""`/panel/models`: the list, what a name would do, and the forms beside them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, QueryDict
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from panel.bridge import ModelRow
from panel.pages import layout, part
from panel.pages.door import admin_required
from panel.pages.models import names
from panel.pages.models.editing import PAGE, Editor, editors
from panel.pages.models.names import LONGEST
from panel.pages.shelf import Choice

SIZE = 60


@dataclass(frozen=True, slots=True)
class View:
    """What the address says: `q` a part of a name, `show` which of them, `provider`, `page`."""

    q: str = ""
    show: str = ""
    provider: str = ""
    page: int = 1

    @classmethod
    def read(cls, query: QueryDict) -> View:
        number = query.get("page", "")
        return cls(
            query.get("q", "").strip()[:LONGEST],
            query.get("show", ""),
            query.get("provider", "")[:64],
            int(number) if number.isascii() and number.isdigit() and 0 < len(number) < 6 else 1,
        )

    def takes(self, row: ModelRow) -> bool:
        words = self.q.casefold().split()
        if not all(word in f"{row.name} {row.alias_of}".casefold() for word in words):
            return False
        if self.provider and all(place.provider != self.provider for place in row.places):
            return False
        match self.show:
            case "listed":
                return not row.excluded
            case "hidden":
                return bool(row.excluded)
            case "aliases":
                return bool(row.alias_of)
            case _:
                return True

    def address(self, page: int) -> str:
        said = {"q": self.q, "show": self.show, "provider": self.provider}
        query = {name: text for name, text in said.items() if text}
        return f"{PAGE}?{urlencode(query | ({'page': page} if page > 1 else {}))}".rstrip("?")

    def shows(self) -> list[Choice]:
        words = {
            "": _("All names"),
            "listed": _("Listed"),
            "hidden": _("Hidden"),
            "aliases": _("Aliases"),
        }
        return [Choice(each, word, each == self.show) for each, word in words.items()]


@require_safe
@admin_required
def listed(request: HttpRequest) -> HttpResponse:
    if part.wants(request, "answer"):
        return part.page(request, "models/answer.html", _asked(request))
    if part.wants(request, "models"):
        return part.page(request, "models/rows.html", _table(View.read(request.GET)))
    return page(request, editors())


def page(request: HttpRequest, forms: Mapping[str, Editor], status: int = 200) -> HttpResponse:
    context = {**_table(View.read(request.GET)), **_asked(request), "forms": forms}
    return part.page(request, "models/list.html", context, status=status)


def _asked(request: HttpRequest) -> dict[str, object]:
    name = request.GET.get("name", "").strip()
    answer = names.explain(name[:LONGEST]) if name else None
    return {"name": name[:LONGEST], "answer": answer}


def _table(view: View) -> dict[str, object]:
    """`known` is False where no gateway runs, `first` and `further` are addresses."""
    rows = names.known()
    found = [row for row in rows or () if view.takes(row)]
    last = max(1, -(-len(found) // SIZE))
    number = min(view.page, last)
    chosen = found[(number - 1) * SIZE : number * SIZE]
    return {
        "view": view,
        "known": rows is not None,
        "any": bool(rows),
        "count": len(found),
        "lines": names.lines(chosen),
        "providers": sorted({place.provider for row in rows or () for place in row.places}),
        "number": number,
        "last": last,
        "credentials": layout.address("credentials"),
        "first": view.address(number - 1) if number > 1 else "",
        "further": view.address(number + 1) if number < last else "",
    }
