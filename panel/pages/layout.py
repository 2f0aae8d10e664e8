"""What every page knows: the rail, the theme, where it is. A context processor."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext as _

THEMES = ("light", "dark")
THEME_COOKIE = "theme"

CONSOLE = "/api-key-admin"

_BAR = ("overview", "keys", "credentials", "requests")
"""What stands beside "more" in the bar of a phone."""


class Place(NamedTuple):
    """The name of an address, and what is pressed after `g`; it is its icon's name, too."""

    name: str
    letter: str


_GROUPS = (
    (Place("overview", "o"),),
    (Place("keys", "k"), Place("costs", "t")),
    (Place("credentials", "c"), Place("contributions", "u"), Place("models", "m")),
    (Place("requests", "r"), Place("log", "l"), Place("playground", "p")),
    (Place("settings", "s"), Place("audit", "a"), Place("reference", "i")),
)


@dataclass(frozen=True, slots=True)
class Entry:
    """One place of the rail. `letter` is pressed after `g`."""

    href: str
    icon: str
    letter: str
    label: str
    current: bool


@dataclass(frozen=True, slots=True)
class Group:
    """Entries that belong together. Without a title they speak for themselves."""

    title: str
    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class Rail:
    """The places of the console that there are; `bar` and `more` divide them for a phone."""

    groups: tuple[Group, ...]

    @property
    def entries(self) -> list[Entry]:
        return [entry for group in self.groups for entry in group.entries]

    @property
    def bar(self) -> list[Entry]:
        return [entry for entry in self.entries if entry.icon in _BAR]

    @property
    def more(self) -> list[Entry]:
        return [entry for entry in self.entries if entry.icon not in _BAR]

    @property
    def within(self) -> bool:
        """Whether the page stands under "more"."""
        return any(entry.current for entry in self.more)


def rail(path: str) -> Rail:
    """Every place that has an address, with the one marked that `path` is in."""
    titles = ("", _("Members"), _("Pool"), _("Traffic"), _("System"))
    known = [[(place, href) for place in some if (href := address(place.name))] for some in _GROUPS]
    inside = [href for some in known for _place, href in some if _is_in(path, href)]
    here = max(inside, key=len, default="")
    names = labels()
    return Rail(
        tuple(
            Group(title, tuple(_entry(place, href, names, here) for place, href in some))
            for title, some in zip(titles, known, strict=True)
            if some
        )
    )


def places() -> dict[str, str]:
    """The addresses of the places that there are, by name."""
    every = (place for some in _GROUPS for place in some)
    return {place.name: href for place in every if (href := address(place.name))}


def address(name: str) -> str:
    """ "" for a page that there is not."""
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""


def labels() -> dict[str, str]:
    """What people call the places."""
    return {
        "overview": _("Overview"),
        "keys": _("Keys"),
        "costs": _("Costs"),
        "credentials": _("Credentials"),
        "contributions": _("Contributions"),
        "models": _("Models"),
        "requests": _("Requests"),
        "log": _("Live log"),
        "playground": _("Playground"),
        "settings": _("Settings"),
        "audit": _("Audit trail"),
        "reference": _("REST API"),
    }


def _entry(place: Place, href: str, names: dict[str, str], here: str) -> Entry:
    return Entry(href, place.name, place.letter, names[place.name], href == here)


def _is_in(path: str, href: str) -> bool:
    # The overview is not what all the others are in.
    return path == href or (path.startswith(f"{href}/") and href != "/panel")


def context(request: HttpRequest) -> dict[str, Any]:
    chosen = request.COOKIES.get(THEME_COOKIE, "")
    return {
        "theme": chosen if chosen in THEMES else "",
        "nav": SimpleLazyObject(lambda: rail(request.path)),
        # A page that a form led to is no place to come back to.
        "here": request.get_full_path() if request.method == "GET" else request.path,
    }
