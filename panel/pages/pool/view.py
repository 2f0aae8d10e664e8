"""What the address of the list says: every filter, the order, and where the page begins."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from urllib.parse import urlencode

from django.http import QueryDict
from django.utils.translation import gettext as _

from credentials import filters
from credentials.kinds import Kind, Source
from credentials.listing import Counts, Sort, State, Wanted
from panel.pages import standing
from panel.pages.pool import words
from panel.pages.shelf import Choice

PAGE = "/panel/credentials"

SORTS = {
    "new": (Sort.ID, True),
    "back": (Sort.COOLING, False),
    "busy": (Sort.CALLS, True),
    "label": (Sort.LABEL, False),
    "provider": (Sort.PROVIDER, False),
    "weight": (Sort.WEIGHT, True),
}

_CODES = (400, 401, 402, 403, 404, 408, 429, 500, 502, 503, 529)


@dataclass(frozen=True, slots=True)
class Chip:
    """A state to narrow the list to, "" for all of them, and how many are in it."""

    state: str
    word: str
    count: int
    address: str
    chosen: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """`code` is the status of the last failure, `model` one that they do not serve now. Words of
    the address that are unknown are as good as none."""

    search: str = ""
    state: str = ""
    kind: str = ""
    provider: str = ""
    source: str = ""
    code: str = ""
    model: str = ""
    sort: str = "new"
    after: str = ""

    @classmethod
    def read(cls, query: QueryDict) -> View:
        def said(name: str) -> str:
            return filters.clean(query.get(name, "").strip())

        code, sort = said("code"), said("sort")
        number = int(code) if code.isascii() and code.isdigit() and len(code) == 3 else 0
        return cls(
            search=said("q"),
            state=_known(State, said("state")),
            kind=_known(Kind, said("kind")),
            provider=said("provider").lower(),
            source=_known(Source, said("source")),
            code=code if 100 <= number <= 599 else "",
            model=said("model"),
            sort=sort if sort in SORTS else "new",
            after=query.get("after", "")[:1_000],
        )

    @property
    def wanted(self) -> Wanted:
        return Wanted(
            search=self.search,
            kinds=(self.kind,) if self.kind else (),
            providers=(self.provider,) if self.provider else (),
            states=(State(self.state),) if self.state else (),
            sources=(self.source,) if self.source else (),
            code=int(self.code) if self.code else None,
            model=self.model,
        )

    @property
    def narrowed(self) -> bool:
        return self.wanted != Wanted()

    @property
    def unfolded(self) -> bool:
        """Whether one of the filters is used that are folded away else."""
        return bool(self.source or self.code or self.model)

    def address(self, after: str | None = "") -> str:
        said = {
            "q": self.search,
            "state": self.state,
            "kind": self.kind,
            "provider": self.provider,
            "source": self.source,
            "code": self.code,
            "model": self.model,
            "sort": "" if self.sort == "new" else self.sort,
            "after": after,
        }
        query = urlencode({name: text for name, text in said.items() if text})
        return f"{PAGE}?{query}" if query else PAGE

    def chips(self, counts: Counts) -> list[Chip]:
        """All, and each state that somebody is in, or that was asked for."""
        every = Chip("", _("All"), counts.total, self._in(""), not self.state)
        return [every] + [
            Chip(state, word, counts.states[state], self._in(state), self.state == state)
            for state, word in standing.words().items()
            if counts.states[state] or self.state == state
        ]

    def _in(self, state: str) -> str:
        return replace(self, state=state).address()

    def kinds(self, counts: Counts) -> list[Choice]:
        names = words.kinds()
        return _choices(
            self.kind, {each: names[Kind(each)] for each in counts.kinds}, _("Any kind")
        )

    def providers(self, counts: Counts) -> list[Choice]:
        return _choices(self.provider, {name: name for name in counts.providers}, _("Any provider"))

    def sources(self) -> list[Choice]:
        return _choices(self.source, words.sources(), _("Whoever brought it"))

    def codes(self) -> list[Choice]:
        return _choices(self.code, {str(code): str(code) for code in _CODES}, _("Any last error"))

    def sorts(self) -> list[Choice]:
        names = {
            "new": _("Newest first"),
            "back": _("Back soonest first"),
            "busy": _("Most used today first"),
            "label": _("By name"),
            "provider": _("By provider"),
            "weight": _("Heaviest first"),
        }
        return [Choice(value, name, value == self.sort) for value, name in names.items()]


def _known(words: type[State] | type[Kind] | type[Source], word: str) -> str:
    return word if word in set(words) else ""


def _choices(value: str, names: Mapping[str, str], every: str) -> list[Choice]:
    """What a link asks for is offered, too."""
    offered = {"": every, **names}
    offered.setdefault(value, value)
    return [Choice(each, name, each == value) for each, name in offered.items()]
