"""Which settings the address asks for, and in which order they stand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from django.http import QueryDict
from django.utils.translation import gettext as _

from panel.bridge import Setting
from panel.pages import layout
from panel.pages.settings import rows
from panel.pages.settings.rows import Row

PAGE = "/panel/settings"

_WITHIN = {"buckets": "images"}
"""Groups that stand under another one."""
_ROOM = 100


@dataclass(frozen=True, slots=True)
class Tab:
    """A link of the page's own navigation; `count` is how many settings were changed here."""

    label: str
    href: str
    current: bool
    count: int = 0


@dataclass(frozen=True, slots=True)
class Section:
    """`fixed` are those that nobody changes here: they stand folded behind the others."""

    title: str
    rows: tuple[Row, ...]
    fixed: tuple[Row, ...]
    unfolded: bool


@dataclass(frozen=True, slots=True)
class View:
    """`q` are words to look for, in all groups; without them one group is shown."""

    q: str = ""
    group: str = ""

    @classmethod
    def read(cls, query: QueryDict) -> View:
        return cls(query.get("q", "").strip()[:_ROOM], query.get("group", "")[:32])

    def at(self, found: Sequence[Setting]) -> View:
        """With a group that there is."""
        known = _groups(found)
        return View(self.q, self.group if self.group in known else known[0] if known else "")

    @property
    def address(self) -> str:
        said = {"q": self.q} if self.q else {"group": self.group}
        return f"{PAGE}?{urlencode(said)}"

    def takes(self, each: Setting) -> bool:
        if not self.q:
            return _home(each) == self.group
        text = rows.words(each)
        return all(word in text for word in self.q.casefold().split())

    def sections(
        self, found: Sequence[Setting], typed: Mapping[str, str], errors: Mapping[str, str]
    ) -> list[Section]:
        """`typed`: what was refused, by name."""
        made = [
            rows.row(each, typed.get(each.name), errors.get(each.name, ""))
            for each in found
            if self.takes(each) or each.name in errors
        ]
        sections = []
        for group in _groups(found):
            here = [each for each in made if _WITHIN.get(each.group, each.group) == group]
            free = tuple(each for each in here if each.locked != "file")
            fixed = tuple(each for each in here if each.locked == "file")
            if here:
                unfolded = bool(self.q) or not free
                sections.append(Section(titles().get(group, group), free, fixed, unfolded))
        return sections


def tabs(found: Sequence[Setting], current: str) -> list[Tab]:
    """`current` is a group, or "history"."""
    named = titles()
    made = [
        Tab(
            named.get(group, group),
            f"{PAGE}?{urlencode({'group': group})}",
            group == current,
            sum(each.source == "stored" and _home(each) == group for each in found),
        )
        for group in _groups(found)
    ]
    return [*made, Tab(_("History"), f"{PAGE}/history", current == "history"), *_beside()]


def titles() -> dict[str, str]:
    return {
        "server": _("Server"),
        "limits": _("Limits"),
        "pool": _("Credential pool"),
        "lending": _("Contributions"),
        "upstreams": _("Upstreams"),
        "answers": _("Answers"),
        "images": _("Images"),
    }


def _beside() -> list[Tab]:
    """What is changed elsewhere, and looked for here."""
    href = layout.address("security")
    return [Tab(_("Password and login"), href, False)] if href else []


def _groups(found: Sequence[Setting]) -> list[str]:
    return list(dict.fromkeys(_home(each) for each in found))


def _home(each: Setting) -> str:
    return _WITHIN.get(each.group, each.group)
