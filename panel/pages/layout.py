"""What every page knows: the rail, the theme, where it is. A context processor."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext as _

THEMES = ("light", "dark")
THEME_COOKIE = "theme"

CONSOLE = "/api-key-admin"


@dataclass(frozen=True, slots=True)
class Entry:
    """One place of the rail. `letter` is pressed after `g`."""

    href: str
    icon: str
    letter: str
    label: str
    current: bool


def rail(path: str) -> list[Entry]:
    """Every page of the console that stands in the rail; the bottom bar has the same."""
    places = (
        (CONSOLE, "key", "k", _("Keys")),
        (f"{CONSOLE}/costs", "costs", "c", _("Costs")),
        ("/api-key-query", "query", "q", _("Query")),
    )
    inside = [href for href, *_rest in places if path == href or path.startswith(f"{href}/")]
    here = max(inside, key=len, default="")
    return [Entry(*place, current=place[0] == here) for place in places]


def context(request: HttpRequest) -> dict[str, Any]:
    chosen = request.COOKIES.get(THEME_COOKIE, "")
    return {
        "theme": chosen if chosen in THEMES else "",
        "nav": SimpleLazyObject(lambda: rail(request.path)),
        # A page that a form led to is no place to come back to.
        "here": request.get_full_path() if request.method == "GET" else request.path,
    }
