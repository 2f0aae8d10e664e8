"""Pages of keys for people: sorted, filtered, searched. Runs on a reader thread, never on the loop.

Pages are keyset pages: a cursor names the last row that was seen, so the thousandth page costs
what the first does and nothing is shown twice while keys are made. Nothing but ids, digests and
expiries is indexed: a balance changes with every call, and an index on it would be paid for there.
"""

from __future__ import annotations

import base64
import enum
import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import msgspec
from django.db.models import F, Q, QuerySet

from keys import secret as secrets
from keys.models import ApiKey
from keys.records import clean
from keys.stored import reading

MOST = 500
"""Rows of a page."""
_ID = 2**63 - 1
_LONGEST = 200


class Sort(enum.StrEnum):
    """What a list is sorted by, ties by id. Keys without the value come last, either way."""

    ID = "id"
    CREATED = "created"
    USED = "used"
    REMAINING = "remaining"
    EXPIRY = "expiry"


class State(enum.StrEnum):
    """What a list may be narrowed to."""

    ENABLED = "enabled"
    DISABLED = "disabled"
    EXPIRED = "expired"
    EXHAUSTED = "exhausted"
    FLAGGED = "flagged"
    UNUSED = "unused"


class Wanted(msgspec.Struct, frozen=True):
    """Which keys. `search` is a part of a description or an owner, an id, the beginning of a key
    as it is shown, or a whole key."""

    search: str = ""
    states: tuple[State, ...] = ()


class Page(msgspec.Struct, frozen=True):
    """Some keys; `next` is the cursor of those after them, None at the end."""

    keys: Sequence[ApiKey]
    next: str | None


_COLUMNS = {
    Sort.ID: F("id"),
    # Ids are given in the order of creation.
    Sort.CREATED: F("id"),
    Sort.USED: F("used"),
    Sort.REMAINING: F("total_quota") - F("used") - F("reserved"),
    Sort.EXPIRY: F("expires_at"),
}


def page(
    wanted: Wanted,
    pepper: bytes,
    now: datetime,
    *,
    sort: Sort = Sort.ID,
    descending: bool = False,
    after: str | None = None,
    size: int = 50,
    using: str = "default",
) -> Page:
    """The keys that come after a cursor. Raises ValueError for a cursor of another list."""
    rows = _rows(wanted, pepper, now, using).annotate(place=_COLUMNS[sort])
    by_id = sort in (Sort.ID, Sort.CREATED)
    if after is not None:
        rows = rows.filter(_beyond(*_read(after, sort), descending, by_id))
    place = F("place")
    order = place.desc(nulls_last=True) if descending else place.asc(nulls_last=True)
    rows = rows.order_by(*(() if by_id else (order,)), "-id" if descending else "id")
    size = max(1, min(size, MOST))
    found: list[Any] = reading(using, list, rows[: size + 1])
    last = found[size - 1] if len(found) > size else None
    return Page(found[:size], None if last is None else _cursor(last.place, last.pk, sort))


def count(
    wanted: Wanted, pepper: bytes, now: datetime, *, most: int | None = None, using: str = "default"
) -> int:
    """How many keys there are of those that are wanted; `most` and one where there are more, for
    those who need not know it to the last of a million."""
    rows = _rows(wanted, pepper, now, using)
    return reading(using, rows.count if most is None else rows[: most + 1].count)


def find(secret: str, pepper: bytes, *, using: str = "default") -> ApiKey | None:
    """The key of a whole text; None for any other. Takes as long for either."""
    text = secret if secrets.wellformed(secret) else ""
    rows = ApiKey.objects.using(using).filter(digest=secrets.digest(text, pepper), deleted=False)
    return reading(using, rows.first)


def _rows(wanted: Wanted, pepper: bytes, now: datetime, using: str) -> QuerySet[ApiKey]:
    rows = ApiKey.objects.using(using).filter(deleted=False)
    if text := clean(wanted.search.strip(), _LONGEST):
        rows = rows.filter(_search(text, pepper))
    for state in wanted.states:
        rows = rows.filter(_state(state, now))
    return rows


def _search(text: str, pepper: bytes) -> Q:
    if secrets.wellformed(text):
        return Q(digest=secrets.digest(text, pepper))
    if text.startswith(secrets.PREFIX):
        return Q(masked__startswith=text.partition("...")[0])
    found = Q(description__icontains=text) | Q(owner__icontains=text)
    if text.isascii() and text.isdigit() and int(text) <= _ID:
        found |= Q(id=int(text))
    return found


def _state(state: State, now: datetime) -> Q:
    match state:
        case State.ENABLED:
            return Q(enabled=True) & (Q(expires_at=None) | Q(expires_at__gt=now))
        case State.DISABLED:
            return Q(enabled=False)
        case State.EXPIRED:
            return Q(expires_at__lte=now)
        case State.EXHAUSTED:
            return Q(total_quota__lte=F("used") + F("reserved"))
        case State.FLAGGED:
            return Q(flagged_at__isnull=False)
        case State.UNUSED:
            return Q(first_used_at=None, used=0)


def _beyond(place: Any, key_id: int, descending: bool, by_id: bool) -> Q:
    further = "lt" if descending else "gt"
    same = Q(**{f"id__{further}": key_id})
    if by_id:
        return same
    if place is None:
        return Q(place=None) & same
    return Q(**{f"place__{further}": place}) | Q(place=None) | (Q(place=place) & same)


def _cursor(place: Any, key_id: int, sort: Sort) -> str:
    shown = place.isoformat() if isinstance(place, datetime) else place
    return base64.urlsafe_b64encode(json.dumps([sort, shown, key_id]).encode()).decode()


def _read(cursor: str, sort: Sort) -> tuple[Any, int]:
    try:
        name, place, key_id = json.loads(base64.urlsafe_b64decode(cursor.encode()))
        if sort is Sort.EXPIRY and place is not None:
            place = datetime.fromisoformat(place)
        elif place is not None:
            place = int(place)
        key_id = int(key_id)
    except (ValueError, TypeError, OverflowError, RecursionError) as error:
        raise ValueError("this cursor is of no list") from error
    if abs(key_id) > _ID or (isinstance(place, int) and abs(place) > _ID):
        raise ValueError("this cursor is of no list")
    if name != sort:
        raise ValueError("this cursor is of a list that was sorted otherwise")
    return place, key_id
