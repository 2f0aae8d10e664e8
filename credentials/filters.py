"""Which credentials a person means, as conditions for the database. No secret is opened.

States are judged by the columns that repeat the health, which are written together with it.
"""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

import msgspec
from django.db.models import F, Func, IntegerField, Q, QuerySet, TextField, Value
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Replace, StrIndex
from django.db.models.lookups import GreaterThan

from credentials.caps import Calendar
from credentials.models import Credential
from credentials.overview import State

_ID = 2**63 - 1
_TEXT = 200


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """Which credentials; what is empty does not count.

    `code`: the status of the last failure. `model`: those that do not serve it now, because they
    rest for it or are barred from it. `search`: part of a label, a provider or an e-mail address,
    or an id.
    """

    search: str = ""
    kinds: tuple[str, ...] = ()
    providers: tuple[str, ...] = ()
    states: tuple[State, ...] = ()
    sources: tuple[str, ...] = ()
    code: int | None = None
    model: str = ""


def living(using: str) -> QuerySet[Credential]:
    """Those that were not removed."""
    return Credential.objects.using(using).filter(deleted_at=None)


def rows(wanted: Wanted, now: datetime, calendar: Calendar, using: str) -> QuerySet[Credential]:
    """Those that are wanted, in no order."""
    found = living(using)
    for column, values in (
        ("kind", wanted.kinds),
        ("provider", wanted.providers),
        ("source", wanted.sources),
    ):
        if values:
            found = found.filter(**{f"{column}__in": [clean(value) for value in values]})
    if wanted.states:
        some = Q()
        for state in wanted.states:
            some |= standing(state, now, calendar)
        found = found.filter(some)
    if wanted.code is not None:
        found = found.alias(code=_LastStatus("errors")).filter(code=wanted.code)
    if model := clean(wanted.model.strip()):
        found = _without(found, model, now)
    if text := clean(wanted.search.strip()):
        found = found.filter(_search(text))
    return found


def standing(state: State, now: datetime, calendar: Calendar) -> Q:
    """As `overview.row` judges; each credential is in one of them."""
    wanted = Q(enabled=True, held=False)
    resting = Q(cooling_until__isnull=False, cooling_until__gt=now) | spent(now, calendar)
    match state:
        case State.OFF:
            return Q(enabled=False, held=False)
        case State.HELD:
            return Q(held=True)
        case State.BANNED:
            return wanted & Q(banned=True)
        case State.COOLING:
            return wanted & Q(banned=False) & resting
        case State.HEALTHY:
            rested = Q(cooling_until=None) | Q(cooling_until__lte=now)
            return wanted & Q(banned=False) & rested & _unspent(now, calendar)


def spent(now: datetime, calendar: Calendar) -> Q:
    """Those that have used up a daily cap."""
    ours = Q(day_cap__gt=0, calls__gte=F("day_cap"))
    theirs = Q(lender_cap__gt=0, calls__gte=F("lender_cap"))
    return Q(day=calendar.day(now)) & (ours | theirs)


def _unspent(now: datetime, calendar: Calendar) -> Q:
    """The opposite, spelt out: a day that is NULL is neither equal nor unequal to another."""
    ours = Q(day_cap=0) | Q(calls__lt=F("day_cap"))
    theirs = Q(lender_cap=0) | Q(calls__lt=F("lender_cap"))
    return Q(day=None) | ~Q(day=calendar.day(now)) | (ours & theirs)


class _LastStatus(Func):
    """The status of the last of the stored failures; NULL where there is none. Each database has
    its own way to count from the end of a list."""

    output_field = IntegerField()

    def as_sqlite(self, compiler: Any, connection: Any, **context: Any) -> Any:
        return self.as_sql(
            compiler, connection, template="JSON_EXTRACT(%(expressions)s, '$[#-1].status')"
        )

    def as_postgresql(self, compiler: Any, connection: Any, **context: Any) -> Any:
        return self.as_sql(
            compiler, connection, template="((%(expressions)s)->-1->>'status')::integer"
        )

    def as_mysql(self, compiler: Any, connection: Any, **context: Any) -> Any:
        place = "GREATEST(JSON_LENGTH(%(expressions)s), 1) - 1"
        path = f"CONCAT('$[', {place}, '].status')"
        return self.as_sql(compiler, connection, template=f"JSON_EXTRACT(%(expressions)s, {path})")


class _Text(Func):
    """What is at a path of a document, as text; NULL where there is nothing. Unlike Django's own
    lookups it takes a key that looks like a number for a key."""

    output_field = TextField()

    def as_sqlite(self, compiler: Any, connection: Any, **context: Any) -> Any:
        return self.as_sql(compiler, connection, function="JSON_EXTRACT")

    def as_postgresql(self, compiler: Any, connection: Any, **context: Any) -> Any:
        template = "(jsonb_path_query_first(%(expressions)s::jsonpath) #>> '{}')"
        return self.as_sql(compiler, connection, template=template)

    def as_mysql(self, compiler: Any, connection: Any, **context: Any) -> Any:
        template = "JSON_UNQUOTE(JSON_EXTRACT(%(expressions)s))"
        return self.as_sql(compiler, connection, template=template)


def _without(rows: QuerySet[Credential], model: str, now: datetime) -> QuerySet[Credential]:
    """Times are stored as RFC 3339 in UTC; without their Z they sort as texts."""
    path = f'$."models".{json.dumps(model)}."until"'
    until = _Text("health", Value(path))
    rows = rows.alias(
        model_until=Replace(until, Value("Z"), Value(""), output_field=TextField()),
        barred=KeyTextTransform("barred", "health"),
    )
    moment = now.isoformat().partition("+")[0]
    found = Q(model_until__gt=moment)
    # As it was stored, or as a database that reads documents writes them anew.
    for name in {json.dumps(model), json.dumps(model, ensure_ascii=False)}:
        found |= Q(GreaterThan(StrIndex("barred", Value(name)), 0))
    return rows.filter(found)


def _search(text: str) -> Q:
    found = Q(label__icontains=text) | Q(provider__icontains=text)
    found |= Q(extra__email__icontains=text)
    if text.isascii() and text.isdigit() and int(text) <= _ID:
        found |= Q(id=int(text))
    return found


def clean(text: str) -> str:
    """No database takes a NUL, or half of a surrogate pair."""
    return text[:_TEXT].replace("\0", "�").encode("utf-8", "replace").decode()
