"""The request log for people: filtered, newest first. Runs on a reader thread, never on the loop.

Pages are keyset pages on `at`. Only time, key and request id are indexed: each index would be paid
for with every call, and looking through 25,000 records one by one takes some 10 ms, and some 100
where they come from the disk. So a search looks through at most so many, says how far back that
was, and goes on from there when asked to.
"""

from __future__ import annotations

import enum
import re
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

import msgspec
from django.db.models import Q, QuerySet

from keys.models import RequestRecord
from keys.records import clean
from keys.stored import reading

MOST = 500
"""Records of a page."""
REACH = 25_000
"""Records that one page looks through."""
SCATTERED = 2_500
"""The same of one key: its records lie apart, and each may have to be fetched from the disk."""

_CHUNK = 1_000
_ID = 2**63 - 1
_LONGEST = 200
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_NEVER = 10**18
"""Microseconds after _EPOCH: no calendar goes so far."""
_CURSOR = re.compile(r"(-?\d{1,18})\.(\d{1,19})", re.ASCII)


class Ended(enum.StrEnum):
    """How a request ended, in the plainest words."""

    ANSWERED = "answered"
    FAILED = "failed"


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """Which requests. What is None or empty does not narrow; the rest narrows together.

    `since` and `until` are aware and both included. `model` is a part of the name asked for or of
    the upstream's, `label` of a credential's. `dialect` is the client's or the upstream's, `status`
    the lowest and the highest one, `slower` in milliseconds, `address` a beginning.
    """

    since: datetime | None = None
    until: datetime | None = None
    keys: tuple[int, ...] | None = None
    model: str = ""
    credential: int | None = None
    label: str = ""
    provider: str = ""
    dialect: str = ""
    ended: Ended | None = None
    status: tuple[int, int] | None = None
    code: str = ""
    slower: int | None = None
    stream: bool | None = None
    dropped: bool = False
    request_id: str = ""
    address: str = ""


class Page(msgspec.Struct, frozen=True):
    """Some records; `next` is the cursor of those after them, None at the end.

    `searched` is set when the search stopped before the page was full: everything since then has
    been looked through, and `next` goes on from there.
    """

    records: Sequence[RequestRecord]
    next: str | None
    searched: datetime | None


class Tried(NamedTuple):
    """One credential that was asked (`proxy.call.Attempt`). `credential` is 0 when there was none
    to ask, `seconds` None when nobody noted how long it took."""

    credential: int
    label: str
    result: str
    reason: str
    seconds: float | None


class _Place(NamedTuple):
    """Records older than this are still to come."""

    at: datetime
    id: int


def page(
    wanted: Wanted,
    *,
    after: str | None = None,
    size: int = 50,
    reach: int | None = None,
    using: str = "default",
) -> Page:
    """The newest records that are wanted, or those after a cursor; `reach` None is as far as
    usual. Raises ValueError for a cursor of another list."""
    place = None if after is None else _read(after)
    size = max(1, min(size, MOST))
    return reading(using, _page, wanted, place, size, reach, using)


def find(request_id: str, *, using: str = "default") -> RequestRecord | None:
    """The record of a request."""
    rows = RequestRecord.objects.using(using).filter(request_id=clean(request_id, _LONGEST))
    return reading(using, rows.order_by("-id").first)


def every(wanted: Wanted, *, using: str = "default") -> Iterator[Sequence[RequestRecord]]:
    """All that are wanted, piece by piece; pieces may be empty where little is found."""
    place: _Place | None = None
    while True:
        found = reading(using, _page, wanted, place, _CHUNK, None, using)
        yield found.records
        if found.next is None:
            return
        place = _read(found.next)


def tried(record: RequestRecord) -> list[Tried]:
    """The credentials that were asked, in order."""
    if not record.attempts:
        # The first one answered, and the record's own columns tell it.
        one = Tried(record.credential_id or 0, record.credential_label, "Succeeded", "", None)
        return [one] if record.credential_id else []
    whole = record.attempts.rpartition("],[")[0] + "]]"
    for text in (record.attempts, whole):
        # A text that was too long was cut: what stands before the cut is still worth telling.
        try:
            return msgspec.json.decode(text.encode(), type=list[Tried])
        except msgspec.DecodeError:
            continue
    return []


def _page(wanted: Wanted, place: _Place | None, size: int, reach: int | None, using: str) -> Page:
    if wanted.keys == ():
        return Page((), None, None)
    narrowing, since, floor = _narrowing(wanted), wanted.since, None
    if narrowing and not wanted.request_id:
        far = reach if reach is not None else SCATTERED if _one(wanted) else REACH
        floor = _floor(_within(wanted, since, place, using), far)
    # One bound on either side: of two, SQLite would go by the first, and walk up to the second.
    rows = _within(wanted, since if floor is None else floor, place, using).filter(narrowing)
    found = list(rows[: size + 1])
    if len(found) > size:
        last = found[size - 1]
        return Page(found[:size], _cursor(_Place(last.at, last.pk)), None)
    return Page(found, None if floor is None else _cursor(_Place(floor, 0)), floor)


def _one(wanted: Wanted) -> bool:
    return wanted.keys is not None and len(wanted.keys) == 1


def _within(
    wanted: Wanted, since: datetime | None, place: _Place | None, using: str
) -> QuerySet[RequestRecord]:
    """What an index finds: the time, one key or a request id, newest first."""
    rows = RequestRecord.objects.using(using).order_by("-at", "-id")
    bounds = [each for each in (wanted.until, place and place.at) if each is not None]
    if since is not None:
        rows = rows.filter(at__gte=since)
    if bounds:
        rows = rows.filter(at__lte=min(bounds))
    if place is not None:
        # Not "older, or of the same moment and …": SQLite would look for both halves and sort.
        rows = rows.exclude(at=place.at, id__gte=place.id)
    if wanted.keys is not None and _one(wanted):
        rows = rows.filter(key_id=wanted.keys[0])
    if wanted.request_id:
        rows = rows.filter(request_id=clean(wanted.request_id, _LONGEST))
    return rows


def _floor(rows: QuerySet[RequestRecord], reach: int) -> datetime | None:
    """The time of the last record that may be looked at; None if there are fewer. From the index
    alone."""
    return rows.values_list("at", flat=True)[reach : reach + 1].first()


def _narrowing(wanted: Wanted) -> Q:
    """What is looked up record by record."""
    exact = {
        "credential_id": wanted.credential,
        "provider": clean(wanted.provider, _LONGEST),
        "error_code": clean(wanted.code, _LONGEST),
        "credential_label__icontains": clean(wanted.label, _LONGEST),
        "address__startswith": clean(wanted.address, _LONGEST),
        "status__range": wanted.status,
        "duration_ms__gt": wanted.slower,
        "stream": wanted.stream,
    }
    found = Q(**{name: value for name, value in exact.items() if value not in (None, "")})
    if wanted.keys is not None and len(wanted.keys) != 1:
        found &= Q(key_id__in=wanted.keys)
    if model := clean(wanted.model, _LONGEST):
        found &= Q(model__icontains=model) | Q(upstream_model__icontains=model)
    if dialect := clean(wanted.dialect, _LONGEST):
        found &= Q(client_dialect=dialect) | Q(upstream_dialect=dialect)
    if wanted.ended is not None:
        answered = Q(status__lt=400, error_code="")
        found &= answered if wanted.ended is Ended.ANSWERED else ~answered
    if wanted.dropped:
        found &= ~Q(dropped="")
    return found


def _cursor(place: _Place) -> str:
    return f"{(place.at - _EPOCH) // _MICROSECOND}.{place.id}"


def _read(cursor: str) -> _Place:
    found = _CURSOR.fullmatch(cursor)
    micros, last = (int(found[1]), int(found[2])) if found else (_NEVER, 0)
    try:
        return _Place(_EPOCH + micros * _MICROSECOND, min(last, _ID))
    except OverflowError:
        raise ValueError("this cursor is of no list of requests") from None
