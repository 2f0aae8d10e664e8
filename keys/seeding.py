"""Fills the request log with invented requests, and empties it of them again."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC
from functools import partial
from itertools import islice

from django.db import transaction
from django.db.backends.base.base import BaseDatabaseWrapper

from keys import records, services, tops
from keys.invented import MARK
from keys.models import ApiKey, Progress, RequestRecord, UsageDay, UsageHour
from keys.records import RequestRecord as Record
from keys.session import Cursor, Session
from keys.sql import Tables
from keys.sums import UsageDate

AUTHOR = "seedrequests"
"""`created_by` of the keys that ask for them. Their texts are thrown away: nobody can use one."""

_CHUNK = 5_000
_FEW = 500

_LABELS = (
    "Ada",
    "读书群 · 小明的沉浸式翻译和论文阅读助手，仅限周末使用，请勿外传，谢谢配合（二〇二六年十一月）",
    "discord/very-long-handle-of-a-member-who-runs-a-coding-agent",
    "家里的 NAS",
    "Claude Code on the build machine",
)


def lived_in(*, using: str = "default") -> bool:
    """Whether there is a request that was not invented."""
    return RequestRecord.objects.using(using).exclude(request_id__startswith=MARK).exists()


def keys(pepper: bytes, count: int, *, using: str = "default") -> list[int]:
    """Ids of `count` keys of this module's own, made where they are missing."""
    rows = ApiKey.objects.using(using).filter(created_by=AUTHOR, deleted=False)
    found = list(rows.order_by("id").values_list("pk", flat=True)[:count])
    if missing := count - len(found):
        made = services.batch(pepper, missing, using=using, created_by=AUTHOR)
        for number, each in enumerate(made, len(found)):
            each.key.description = f"{_LABELS[number % len(_LABELS)]} {number + 1}"
            each.key.save(using=using, update_fields=["description"])
            found.append(each.key.pk)
    return found


def write(found: Iterable[Record], *, using: str = "default") -> Iterator[int]:
    """Writes records, and the sums of their days, as the ledger would; how many, again and again.

    Not within a transaction: it has its own.
    """
    session, waiting, done = Session(using), iter(found), 0
    while chunk := list(islice(waiting, _CHUNK)):
        session.run(partial(_enter, chunk))
        done += len(chunk)
        yield done


def _enter(chunk: list[Record], cursor: Cursor, connection: BaseDatabaseWrapper) -> None:
    Tables(cursor, connection).record(chunk, records.roll_up(chunk, UTC))


def clear(*, using: str = "default") -> int:
    """Deletes invented requests, and the keys of their own with all that was summed up for them;
    how many requests. A key that somebody gave units to stays, and so do the hours' sums where
    real requests are among them."""
    rows = RequestRecord.objects.using(using)
    invented = rows.filter(request_id__startswith=MARK).order_by("pk").values_list("pk", flat=True)
    gone, last = 0, 0
    # From one row on to the next: what is gone already is not passed again and again.
    while ids := list(invented.filter(pk__gt=last)[:_FEW]):
        gone += rows.filter(pk__in=ids).delete()[0]
        last = ids[-1]
    theirs = ApiKey.objects.using(using).filter(created_by=AUTHOR, entries=None)
    with transaction.atomic(using=using):
        UsageDay.objects.using(using).filter(key__created_by=AUTHOR).delete()
        theirs.filter(days=None, reservations=None, hand_outs=None, allowances=None).delete()
        tops.forget(using=using)
        if not lived_in(using=using):
            UsageHour.objects.using(using).all().delete()
            UsageDate.objects.using(using).all().delete()
            Progress.objects.using(using).update(value=0)
    return gone
