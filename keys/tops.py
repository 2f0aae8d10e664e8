"""Finds the keys that used most, for the overview. A job of the background, part of `keys.rollup`.

Among thousands of keys a month has hundreds of thousands of sums to go through: too many for a page
that is asked for. Only as many rows as are shown are kept.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from django.db import transaction
from django.db.models import F, Max, Sum

from keys.models import Progress, RequestRecord, UsageDay
from keys.sums import TopKey

SPANS = (1, 7, 30)
"""Days up to now that are looked at, the present one among them."""
MOST = 20
"""Keys of each."""

_NAME = "top_keys"
_BREATH = timedelta(seconds=1)
"""Between two looks at least."""
_LONGEST = timedelta(seconds=50)
"""At most, however much there is."""
_A_SUM = timedelta(microseconds=250)
"""Of waiting for each sum that was gone through, which takes half a microsecond."""

Row = tuple[int, int, int, int]
"""Key id, calls, failed ones, units."""


def run(now: datetime, *, using: str = "default") -> bool:
    """Whether it looked; not if nothing happened since, or if the last look was a moment ago.

    For one process at a time.
    """
    mark = Progress.objects.using(using).get_or_create(name=_NAME)[0]
    # Of the gateway's own calendar, as the sums of days are.
    today = now.astimezone(UTC).date()
    newest = RequestRecord.objects.using(using).aggregate(id=Max("id"))["id"] or 0
    if (mark.value, mark.day) == (newest, today):
        return False
    if mark.claimed_until is not None and now < mark.claimed_until <= now + _LONGEST:
        return False
    for days in SPANS:
        _keep(days, _found(_since(today, days), using), using)
    many = UsageDay.objects.using(using).filter(day__gte=_since(today, max(SPANS))).count()
    mark.value, mark.day, mark.claimed_until = newest, today, now + rest(many)
    mark.save(using=using)
    return True


def rest(sums: int) -> timedelta:
    """How long the next look waits after one that went through so many sums."""
    return min(_LONGEST, max(_BREATH, sums * _A_SUM))


def forget(*, using: str = "default") -> None:
    """They are found anew by the next look."""
    TopKey.objects.using(using).all().delete()
    Progress.objects.using(using).filter(pk=_NAME).delete()


def _since(today: date, days: int) -> date:
    return today - timedelta(days=days - 1)


def _found(since: date, using: str) -> list[Row]:
    # Adding nothing keeps SQLite from walking through all days in the order of keys.
    rows = UsageDay.objects.using(using).filter(day__gte=since).values(who=F("key_id") + 0)
    sums = rows.annotate(n=Sum("calls"), bad=Sum("failed"), u=Sum("units"))
    columns = sums.order_by("-u", "-n", "who").values_list("who", "n", "bad", "u")
    return [(int(key), int(n), int(bad), int(u)) for key, n, bad, u in columns[:MOST]]


def _keep(days: int, found: list[Row], using: str) -> None:
    """Writes them where they changed."""
    rows = TopKey.objects.using(using).filter(days=days)
    columns = ("key_id", "calls", "failed", "units")
    if list(rows.order_by("place").values_list(*columns)) == found:
        return
    with transaction.atomic(using=using):
        rows.delete()
        TopKey.objects.using(using).bulk_create(
            TopKey(days=days, place=place, **dict(zip(columns, row, strict=True)))
            for place, row in enumerate(found)
        )
