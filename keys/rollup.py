"""Adds request records up by the hour, and hours by the day. A job of the background, as often as
it costs little.

An hour is made anew from its records until nothing can be added to it any more: records are
written when a call ends, under the time when it began. Runs on a reader thread, never on the loop.
`keys.tops` comes along: one process at a time is enough for it, too.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from datetime import datetime, timedelta
from typing import TypeVar

from django.db import transaction
from django.db.models import Case, CharField, Count, F, Max, Q, Sum, Value, When
from django.db.models.functions import Coalesce

from keys import hours, tops
from keys.fields import Exact
from keys.models import Progress, RequestRecord, UsageHour
from keys.stored import reading
from keys.sums import UsageDate

_BREATH = timedelta(seconds=1)
"""Between two runs at least."""
_EVERY = timedelta(seconds=50)
"""At most: shorter than the minute after which the job comes again, also when nobody called."""
_A_CALL = timedelta(milliseconds=1)
"""Of waiting for each call that was added up, which takes a few microseconds."""
_ALONE = timedelta(minutes=10)
"""What a process that was killed at it keeps others away."""
_OPEN = 2
"""Hours before this one that are made anew each time: longer calls are rare."""
_LATE = timedelta(hours=23)
"""How late a record may still be added. Records are kept for a day at least, so that an hour this
young is still whole."""
_KNOWN = 24 * 30
"""Hours in which an upstream that was asked for a model makes its name known."""
_MOST = 120
"""Hours made in one run, where many are missing."""
_OVERLAP = 100
"""Records that may have become visible after one with a higher id."""

_HOURS = "usage_hours"
_RECORDS = "usage_records"

_SUMS = ("calls", "units", "input_tokens", "output_tokens", *hours.CLASSES)

Table = TypeVar("Table", UsageHour, UsageDate)

_SLOT = ("provider", "model", "code")

Slot = tuple[str, str, str]
"""Provider, model, code."""
Sums = dict[Slot, tuple[int, ...]]
"""The columns `_SUMS` of each."""


def run(now: datetime, *, using: str = "default") -> int | None:
    """How many hours were made anew; None if another process does it, or did a moment ago."""
    return reading(using, _run, now, using)


def counted(*, using: str = "default") -> datetime | None:
    """When it was last run to the end; None if never."""
    mark = Progress.objects.using(using).filter(pk=_RECORDS).first()
    return None if mark is None else mark.claimed_until


def rest(calls: int) -> timedelta:
    """How long others are kept away after a run that added up so many calls."""
    return min(_EVERY, max(_BREATH, calls * _A_CALL))


def prune(before: datetime, *, using: str = "default") -> int:
    """Forgets the hours before `before`; how many rows. A day goes with its last hour."""
    days = UsageDate.objects.using(using)
    days.filter(hour__lte=hours.number(before) - hours.DAY).delete()
    old = UsageHour.objects.using(using).filter(hour__lt=hours.number(before))
    return old.delete()[0]


def _run(now: datetime, using: str) -> int | None:
    mark = _claim(now, using)
    if mark is None:
        return None
    seen = _progress(_RECORDS, using).value
    newest = RequestRecord.objects.using(using).aggregate(id=Max("id"))["id"] or 0
    first = _first(mark.value, using)
    current = hours.number(now)
    due = range(mark.value, mark.value)
    if first is not None:
        due = range(first, min(current + 1, first + _MOST))
    made = {*due, *_late(seen, due.start, now, using)}
    known = _known(due.start, using) if made else set()
    for hour in sorted(made):
        known |= _make(hour, known, using)
    for midnight in sorted({hour - hour % hours.DAY for hour in made}):
        _add_up(midnight, using)
    through = max(mark.value, min(due.stop, current - _OPEN))
    tops.run(now, using=using)
    # Nobody claims this one: its time is that of the last run.
    Progress.objects.using(using).filter(pk=_RECORDS).update(value=newest, claimed_until=now)
    Progress.objects.using(using).filter(pk=_HOURS).update(
        value=through, claimed_until=now + rest(_calls(made, using))
    )
    return len(made)


def _claim(now: datetime, using: str) -> Progress | None:
    mark = _progress(_HOURS, using)
    if mark.claimed_until is not None and mark.claimed_until > now:
        # Asked every second, and only this way without a write.
        return None
    rows = Progress.objects.using(using).filter(pk=_HOURS)
    free = rows.filter(Q(claimed_until=None) | Q(claimed_until__lte=now))
    return mark if free.update(claimed_until=now + _ALONE) else None


def _progress(name: str, using: str) -> Progress:
    return Progress.objects.using(using).get_or_create(name=name)[0]


def _calls(made: Collection[int], using: str) -> int:
    rows = UsageHour.objects.using(using).filter(hour__in=made)
    return rows.aggregate(n=Sum("calls"))["n"] or 0


def _first(through: int, using: str) -> int | None:
    """Where to begin: hours before `through` are done, and those without a record are nothing."""
    rows = RequestRecord.objects.using(using).filter(at__gte=hours.begin(through))
    oldest = rows.order_by("at").values_list("at", flat=True).first()
    return None if oldest is None else hours.number(oldest)


def _late(seen: int, first: int, now: datetime, using: str) -> set[int]:
    """Hours that are done and got a record all the same."""
    if not seen:
        return set()
    rows = RequestRecord.objects.using(using).filter(id__gt=seen - _OVERLAP)
    # In Python: an index on `at` would lead a database through a whole day of records.
    moments = rows.order_by("id").values_list("at", flat=True).iterator()
    oldest = hours.number(now - _LATE) + 1
    return {hour for at in moments if oldest <= (hour := hours.number(at)) < first}


def _known(first: int, using: str) -> set[str]:
    """The models that upstreams were asked for lately, or after the hour `first`."""
    lately = UsageHour.objects.using(using).filter(hour__gte=first - _KNOWN)
    rows = lately.exclude(provider="")
    return set(rows.order_by().values_list("model", flat=True).distinct())


def _make(hour: int, known: Collection[str], using: str) -> set[str]:
    """Writes the hour where it changed; the models that upstreams were asked for in it."""
    sums, models = _added(hour, known, using)
    _keep(UsageHour, hour, sums, using)
    return models


def _add_up(midnight: int, using: str) -> None:
    """Writes the day that begins with that hour where it changed."""
    within = Q(hour__gte=midnight) & Q(hour__lt=midnight + hours.DAY)
    rows = UsageHour.objects.using(using).filter(within).order_by().values(*_SLOT)
    found = rows.annotate(**{f"_{name}": Sum(name) for name in _SUMS})
    columns = found.values_list(*_SLOT, *(f"_{name}" for name in _SUMS))
    sums = {
        (provider, model, code): tuple(map(int, figures))
        for provider, model, code, *figures in columns
    }
    _keep(UsageDate, midnight, sums, using)


def _keep(table: type[Table], hour: int, sums: Sums, using: str) -> None:
    rows = table._default_manager.using(using).filter(hour=hour)
    stored = {
        (provider, model, code): tuple(figures)
        for provider, model, code, *figures in rows.values_list(*_SLOT, *_SUMS)
    }
    if stored == sums:
        return
    made = [table(hour=hour, **each) for each in _columns(sums)]
    with transaction.atomic(using=using):
        rows.delete()
        table._default_manager.using(using).bulk_create(made, batch_size=50)


def _columns(sums: Sums) -> Iterator[dict[str, str | int]]:
    for slot, figures in sums.items():
        yield dict(zip((*_SLOT, *_SUMS), (*slot, *figures), strict=True))


def _added(hour: int, known: Collection[str], using: str) -> tuple[Sums, set[str]]:
    rows = RequestRecord.objects.using(using).filter(
        at__gte=hours.begin(hour), at__lt=hours.begin(hour + 1)
    )
    found = list(
        rows.order_by()
        .values(**{name: Exact(text) for name, text in _TEXTS.items()})
        .annotate(**_FIGURES)
        .values_list(*_TEXTS, *(f"_{name}" for name in _SUMS))
    )
    models = {model for _, model, *_ in found if model}
    named = models.union(known)
    sums: dict[Slot, tuple[int, ...]] = defaultdict(lambda: (0,) * len(_SUMS))
    for provider, model, asked, code, *figures in found:
        slot = (provider, model or (asked if asked in named else ""), code)
        sums[slot] = _plus(sums[slot], (int(each or 0) for each in figures))
    return dict(sums), models


def _plus(one: Iterable[int], other: Iterable[int]) -> tuple[int, ...]:
    return tuple(a + b for a, b in zip(one, other, strict=True))


_BAD = Q(status__gte=400) | ~Q(error_code="")
_TEXT = CharField()
# A failure without a code of its own is called by its status: 400 to 599, and anything else 500.
_CODE = Case(
    When(~Q(error_code=""), then=F("error_code")),
    *(When(status=status, then=Value(str(status))) for status in (400, 401, 403, 404, 429, 499)),
    When(status__gte=400, then=Value("500")),
    default=Value(""),
    output_field=_TEXT,
)
# Callers invent any number of names; they are looked at only where no upstream was asked.
_ASKED = Case(When(upstream_model="", then=F("model")), default=Value(""), output_field=_TEXT)
_TEXTS = {
    "_provider": F("provider"),
    "_model": F("upstream_model"),
    "_asked": _ASKED,
    "_code": _CODE,
}


def _class(place: int) -> Count:
    within = ~_BAD & Q(first_byte_ms__isnull=False)
    if place:
        within &= Q(first_byte_ms__gte=hours.BOUNDS[place - 1])
    if place < len(hours.BOUNDS):
        within &= Q(first_byte_ms__lt=hours.BOUNDS[place])
    return Count("id", filter=within)


_FIGURES = {
    "_calls": Count("id"),
    "_units": Coalesce(Sum("units"), 0),
    "_input_tokens": Coalesce(Sum("input_tokens"), 0),
    "_output_tokens": Coalesce(Sum("output_tokens"), 0),
    **{f"_{name}": _class(place) for place, name in enumerate(hours.CLASSES)},
}
