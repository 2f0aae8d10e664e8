"""A credential as a line of the list: what the page shows of it, and nothing else."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from credentials.history import Mishap
from credentials.importers.values import POOLS
from credentials.listing import State
from credentials.models import Contribution
from credentials.overview import Row
from panel import charts
from panel.pages.lend import words as lend
from panel.pages.pool import words
from panel.pages.pool.words import Reason

_TYPED = 24
"""Characters of a label that nobody minds typing."""


@dataclass(frozen=True, slots=True)
class Failure:
    """The words of a failure. `status` 0: none came. `raw` is what the provider said."""

    at: datetime
    status: int
    reason: Reason
    raw: str


@dataclass(frozen=True, slots=True)
class Share:
    """Calls, and how many there may be; `cap` 0: no cap."""

    used: int
    cap: int

    @property
    def bar(self) -> SafeString:
        said = {"used": f"{self.used:,}", "cap": f"{self.cap:,}"}
        text = _("%(used)s of %(cap)s calls") % said
        tone = "spent" if self.used >= self.cap else "low" if self.used * 10 >= self.cap * 9 else ""
        return charts.progress(self.used, self.cap, text, tone=tone)


@dataclass(frozen=True, slots=True)
class Line:
    """`state` is a shape and a class, `word` what it means, `left` the rest of a cooling in
    words. `brought` says by whom, `terms` what the risk means. `elsewhere`: at a provider that is
    not built in."""

    id: int
    name: str
    typed: str
    under: str
    kind: str
    provider: str
    elsewhere: bool
    risk: str
    risky: bool
    terms: str
    brought: str
    contribution: int | None
    state: str
    word: str
    until: datetime | None
    left: str
    reason: Reason | None
    today: Share
    pro: Share
    minute_cap: int
    failure: Failure | None
    enabled: bool
    withdrawn: bool


def lines(rows: Sequence[Row], now: datetime) -> list[Line]:
    ids = [row.contribution for row in rows if row.contribution is not None]
    found = Contribution.objects.filter(pk__in=ids).values_list("pk", "state") if ids else ()
    states = dict(found)
    return [line(row, now, states.get(row.contribution or 0, "")) for row in rows]


def line(row: Row, now: datetime, contribution: str) -> Line:
    """`contribution` is the state of the contribution that brought it, "" for none."""
    name = row.label or row.email or f"#{row.id}"
    caps = [cap for cap in (row.today.caps.day, row.lender_cap) if cap]
    resting = row.until is not None and row.state is State.COOLING
    return Line(
        id=row.id,
        name=name,
        typed=row.label if 0 < len(row.label) <= _TYPED else str(row.id),
        under="" if row.email == name else row.email,
        kind=words.kinds().get(row.kind, row.kind),
        provider=row.provider,
        elsewhere=row.provider not in POOLS,
        risk=lend.risk(row.risk),
        risky=row.risk == "account",
        terms=words.terms(row.risk),
        brought=_brought(row),
        contribution=row.contribution,
        state=row.state.value,
        word=words.state(row.state, contribution),
        until=row.until if resting else None,
        left=words.until(row.until, now) if resting and row.until else "",
        reason=words.explain(row.reason) if row.reason else None,
        today=Share(row.today.calls, min(caps, default=0)),
        pro=Share(row.today.pro, row.today.caps.pro),
        minute_cap=row.today.caps.minute,
        failure=failure(row.last_error) if row.last_error else None,
        enabled=row.enabled,
        withdrawn=row.withdrawn,
    )


def failure(mishap: Mishap) -> Failure:
    return Failure(mishap.at, mishap.status, words.explain(mishap.reason), mishap.excerpt)


def _brought(row: Row) -> str:
    if row.contributed_by:
        return _("lent by %(name)s") % {"name": row.contributed_by}
    return words.sources().get(row.source, row.source)
