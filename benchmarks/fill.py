"""Fills an empty database with a community's month; `python -m benchmarks.fill REQUESTS KEYS`."""

from __future__ import annotations

import sys
import time
from datetime import timedelta
from random import Random

import django

_DAYS = 30
_LENT = 300
_AT_ONCE = 1_000
_RUN = timedelta(minutes=1)


def main(requests: int, members: int) -> None:
    django.setup()
    from django.conf import settings
    from django.core.management import call_command

    from keys import seeding
    from keys.models import RequestRecord

    call_command("migrate", verbosity=0)
    if RequestRecord.objects.exists():
        return
    begin = time.monotonic()
    # First the credentials, with as few requests as the command writes.
    call_command("seedrequests", count=1, keys=1, credentials=_LENT, verbosity=0)
    for count in range(_AT_ONCE, members + _AT_ONCE, _AT_ONCE):
        ids = seeding.keys(settings.POTLUCK_PEPPER, min(count, members))
    _records(requests, ids)
    _hours()
    print(f"{requests} requests of {members} keys in {time.monotonic() - begin:.0f} s")


def _records(count: int, ids: list[int]) -> None:
    from django.utils import timezone

    from credentials.models import Credential
    from keys import invented, seeding
    from keys.invented import Cast, Lent

    now = timezone.now()
    rows = Credential.objects.filter(deleted_at=None).values_list("pk", "label", "provider")
    cast = Cast(ids, [Lent(*row) for row in rows.order_by("pk")])
    since = now - timedelta(days=_DAYS)
    chance = Random(1)  # noqa: S311 - nothing here is a secret
    for _done in seeding.write(invented.requests(count, cast, since, now, chance)):
        pass


def _hours() -> None:
    """The sums by hour, in as many runs as they take; each is a minute after the one before."""
    from django.db.models import Max
    from django.utils import timezone

    from keys import hours, rollup
    from keys.models import RequestRecord, UsageHour

    newest = RequestRecord.objects.aggregate(at=Max("at"))["at"]
    last = UsageHour.objects.filter(hour=hours.number(newest))
    now = timezone.now()
    while not last.exists():
        rollup.run(now)
        now += _RUN


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
