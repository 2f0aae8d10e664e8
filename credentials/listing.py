"""Pages of credentials for people: sorted, filtered, searched, counted. No secret is opened.

Keyset pages, as those of keys: a cursor names the last row that was seen. Synchronous.
"""

from __future__ import annotations

import base64
import enum
import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import msgspec
from django.db.models import (
    Case,
    CharField,
    Count,
    DateTimeField,
    F,
    Q,
    QuerySet,
    Value,
    When,
)
from django.db.models.functions import Left, Lower

from credentials import filters, overview
from credentials.caps import Calendar
from credentials.filters import Wanted
from credentials.models import Credential
from credentials.overview import Detail, Row, State
from credentials.vault import Vault

__all__ = ["Counts", "Page", "Sort", "State", "Wanted", "count", "counts", "detail", "ids", "page"]

MOST = 500
"""Rows of a page."""
LONGEST = 400
"""Characters of a cursor."""
_ID = 2**63 - 1
_PLACE = 40


class Sort(enum.StrEnum):
    """What a list is sorted by, ties by id. CALLS: of today. COOLING: by the end of the rest,
    those that do not rest come last either way."""

    ID = "id"
    LABEL = "label"
    PROVIDER = "provider"
    CALLS = "calls"
    COOLING = "cooling"
    WEIGHT = "weight"


class Page(msgspec.Struct, frozen=True):
    """Some credentials; `next` is the cursor of those after them, None at the end."""

    rows: Sequence[Row]
    next: str | None


class Counts(msgspec.Struct, frozen=True):
    """Of all credentials. Every state is there, also with nobody in it."""

    total: int
    states: Mapping[State, int]
    providers: Mapping[str, int]
    kinds: Mapping[str, int]


def page(
    wanted: Wanted,
    now: datetime,
    *,
    sort: Sort = Sort.ID,
    descending: bool = False,
    after: str | None = None,
    size: int = 50,
    calendar: Calendar = Calendar(),  # noqa: B008 - it is frozen
    using: str = "default",
) -> Page:
    """The credentials after a cursor. Raises ValueError for a cursor of another list."""
    rows = filters.rows(wanted, now, calendar, using).annotate(place=_place(sort, now, calendar))
    if after is not None:
        rows = rows.filter(_beyond(*_read(after, sort), descending))
    place = F("place")
    order = place.desc(nulls_last=True) if descending else place.asc(nulls_last=True)
    size = max(1, min(size, MOST))
    # Two queries: what is sorted is narrow, and the rows are wide.
    placed = rows.order_by(order, "-id" if descending else "id").values_list("pk", "place")
    found = list(placed[: size + 1])
    last = found[size - 1] if len(found) > size else None
    shown = _shown([id for id, _ in found[:size]], now, calendar, using)
    return Page(shown, None if last is None else _cursor(last[1], last[0], sort))


def count(
    wanted: Wanted,
    now: datetime,
    *,
    calendar: Calendar = Calendar(),  # noqa: B008 - it is frozen
    using: str = "default",
) -> int:
    """How many there are of those that are wanted."""
    return filters.rows(wanted, now, calendar, using).count()


def ids(
    wanted: Wanted,
    now: datetime,
    *,
    calendar: Calendar = Calendar(),  # noqa: B008 - it is frozen
    using: str = "default",
) -> list[int]:
    """Of all that are wanted, for what is done to all of them."""
    rows = filters.rows(wanted, now, calendar, using)
    return list(rows.order_by("pk").values_list("pk", flat=True))


def counts(
    now: datetime,
    *,
    calendar: Calendar = Calendar(),  # noqa: B008 - it is frozen
    using: str = "default",
) -> Counts:
    """One query, whatever the number of credentials."""
    whens = (When(filters.standing(each, now, calendar), then=Value(each.value)) for each in State)
    state = Case(*whens, default=Value(State.HEALTHY.value), output_field=CharField())
    rows = (
        filters.living(using).annotate(standing=state).values_list("standing", "provider", "kind")
    )
    found = list(rows.annotate(many=Count("pk")).order_by())
    states = _summed((State(standing), many) for standing, _, _, many in found)
    return Counts(
        total=sum(many for *_, many in found),
        states={each: states[each] for each in State},
        providers=dict(sorted(_summed((name, many) for _, name, _, many in found).items())),
        kinds=dict(sorted(_summed((kind, many) for _, _, kind, many in found).items())),
    )


def detail(
    vault: Vault,
    id: int,
    now: datetime,
    *,
    calendar: Calendar = Calendar(),  # noqa: B008 - it is frozen
) -> Detail:
    """Raises Credential.DoesNotExist, also for one that was removed."""
    return overview.detail(vault, _wide("default").get(pk=id), now, calendar)


def _shown(ids: list[int], now: datetime, calendar: Calendar, using: str) -> list[Row]:
    known = _wide(using).in_bulk(ids)
    # One that was removed between the two queries is left out.
    return [overview.row(known[id], now, calendar) for id in ids if id in known]


def _wide(using: str) -> QuerySet[Credential]:
    """All that is shown, and not what is sealed."""
    return filters.living(using).select_related("contribution").defer("sealed", "fingerprint")


def _summed(pairs: Iterable[tuple[Any, int]]) -> Counter[Any]:
    found: Counter[Any] = Counter()
    for name, many in pairs:
        found[name] += many
    return found


def _place(sort: Sort, now: datetime, calendar: Calendar) -> Any:
    match sort:
        case Sort.ID:
            return F("id")
        case Sort.LABEL:
            return Lower(Left("label", _PLACE))
        case Sort.PROVIDER:
            return Lower(Left("provider", _PLACE))
        case Sort.CALLS:
            return Case(When(day=calendar.day(now), then=F("calls")), default=Value(0))
        case Sort.COOLING:
            return _end(now, calendar)
        case Sort.WEIGHT:
            return F("weight")


class _Moment(Case):
    """A time, where MariaDB and MySQL give a text: they take that from a value among columns."""

    def as_mysql(self, compiler: Any, connection: Any, **context: Any) -> Any:
        sql, params = self.as_sql(compiler, connection, **context)
        return f"CAST({sql} AS datetime(6))", params


def _end(now: datetime, calendar: Calendar) -> Case:
    """When a cooling is over: the later one of a rest and of a day that is used up."""
    end = calendar.end(calendar.day(now))
    first = Q(cooling_until=None) | Q(cooling_until__lt=end)
    return _Moment(
        When(filters.spent(now, calendar) & Q(banned=False) & first, then=Value(end)),
        When(cooling_until__gt=now, then=F("cooling_until")),
        output_field=DateTimeField(),
    )


def _beyond(place: Any, id: int, descending: bool) -> Q:
    further = "lt" if descending else "gt"
    same = Q(**{f"id__{further}": id})
    if place is None:
        return Q(place=None) & same
    return Q(**{f"place__{further}": place}) | Q(place=None) | (Q(place=place) & same)


def _cursor(place: Any, id: int, sort: Sort) -> str:
    shown = place.isoformat() if isinstance(place, datetime) else place
    plain = json.dumps([sort, shown, id], ensure_ascii=False)
    return base64.urlsafe_b64encode(plain.encode()).decode()


def _read(cursor: str, sort: Sort) -> tuple[Any, int]:
    try:
        name, place, id = json.loads(base64.urlsafe_b64decode(cursor.encode()))
        found = None if place is None else _typed(place, sort)
        id = int(id)
    except (ValueError, TypeError, OverflowError, RecursionError) as error:
        raise ValueError("this cursor is of no list") from error
    if name != sort or abs(id) > _ID:
        raise ValueError("this cursor is of a list that was sorted otherwise")
    return found, id


def _typed(place: Any, sort: Sort) -> Any:
    if sort in (Sort.LABEL, Sort.PROVIDER):
        return filters.clean(str(place))
    if sort is Sort.COOLING:
        return datetime.fromisoformat(place).astimezone(UTC)
    number = int(place)
    if abs(number) > _ID:
        raise ValueError("out of range")
    return number
