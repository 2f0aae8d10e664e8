"""A database from its first migration to an audit: `python -m tests.keys.voyage`.

Runs on whatever `DATABASE_URL` names, with the gateway's own settings, and prints "it adds up".
"""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import django

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)


def upgrade() -> None:
    """Keys and entries of before the attributes are still there after them."""
    from django.core.management import call_command
    from django.db import connection

    from keys.models import ApiKey, UsageHour
    from keys.sums import UsageDate

    call_command("migrate", "keys", "0002", verbosity=0)
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO keys_apikey (digest, masked, description, owner, total_quota, used,"
            " reserved, enabled, deleted, created_at, expires_at, revision) VALUES"
            " (%s, 'sk-old', 'old', '', 10, 4, 0, %s, %s, %s, NULL, 1)",
            [b"d" * 32, True, False, NOW],
        )
        for kind, units, balance in (("grant", 10, 10), ("charge", -4, 6)):
            cursor.execute(
                "INSERT INTO keys_ledgerentry (key_id, at, kind, units, balance, request_id,"
                " reason) SELECT id, %s, %s, %s, %s, '', '' FROM keys_apikey",
                [NOW, kind, units, balance],
            )
    call_command("migrate", "keys", "0004", verbosity=0)
    for hour in (215, 216, 230, 240):
        UsageHour.objects.create(hour=hour, model="m", calls=hour, first_3=1)
    call_command("migrate", verbosity=0)
    days = UsageDate.objects.order_by("hour").values_list("hour", "model", "calls", "first_3")
    assert list(days) == [(192, "m", 215, 1), (216, "m", 446, 2), (240, "m", 240, 1)]
    old = ApiKey.objects.get()
    assert (old.description, old.used, old.time_zone) == ("old", 4, "UTC")
    assert (old.daily_quota, old.allowed_models, old.first_used_at) == (None, "", None)


async def spend(key_ids: list[int]) -> None:
    """Every key makes ten calls at once, and gets as many as a day has."""
    from keys.ledger import Ledger
    from keys.quota import Refused

    ledger = Ledger(lambda: NOW)
    await ledger.start()

    async def call(key_id: int, number: int) -> bool:
        name = f"{key_id}-{number}"
        try:
            await ledger.reserve(key_id, 1, name, "gemini-2.5-pro" if number % 2 else "other")
        except Refused:
            return False
        ledger.settle(name, key_id, 1, charge=number % 5 != 0)
        return True

    for key_id in key_ids:
        assert sum(await asyncio.gather(*(call(key_id, number) for number in range(10)))) == 7
    await ledger.close()


def live() -> None:
    """Makes keys, spends, edits, lists, hands out."""
    from django.conf import settings

    from keys import handouts, listing, overview, services
    from keys.listing import Sort, State, Wanted

    pepper, vault = settings.POTLUCK_PEPPER, tuple(settings.POTLUCK_VAULT_KEYS)
    made = services.batch(
        pepper,
        3,
        total=100,
        offer=services.Offer(vault, NOW + timedelta(days=1)),
        description="批量",
        daily_quota=8,
        model_daily={"*pro*": 2},
        days_from_first_use=3,
        time_zone="Asia/Shanghai",
    )
    asyncio.run(spend([each.key.pk for each in made]))
    first = made[0].key.pk
    services.reset(first, now=NOW, using="default")
    services.edit(first, model_daily={}, description="edited")
    assert made[1].token is not None
    claimed = handouts.claim(made[1].token, pepper, vault, NOW)
    assert claimed is not None
    assert claimed[1] == made[1].secret
    for sort in Sort:
        for after in (None, listing.page(Wanted(), pepper, NOW, sort=sort, size=2).next):
            page = listing.page(Wanted(), pepper, NOW, sort=sort, size=2, after=after)
            assert len(page.keys) == 2, sort
    assert listing.count(Wanted("批量", (State.ENABLED,)), pepper, NOW) == 2
    shown = overview.of_key(made[2].key.pk, NOW)
    assert shown is not None
    assert shown["expires_at"] == NOW + timedelta(days=3)
    assert shown["daily_models"]["*pro*"]["used"] <= 2


def look() -> None:
    """The overview's sums and the request log say what adding up by hand says."""
    from random import Random

    from keys import invented, requests, rollup, seeding, stats, tops
    from keys.models import ApiKey
    from keys.requests import Ended, Wanted

    keys = list(ApiKey.objects.order_by("pk").values_list("pk", flat=True))
    cast = invented.Cast(keys, [invented.Lent(1, "Ada", "gemini")])
    since = NOW - timedelta(days=1)
    made = list(invented.requests(300, cast, since, NOW, Random(1)))
    assert list(seeding.write(made)) == [300]
    assert rollup.run(NOW)
    units = {key: sum(each.units for each in made if each.key_id == key) for key in keys}
    found = {each.id: each.units for each in stats.eaters(7, tops.MOST)}
    assert list(found.items()) == sorted(units.items(), key=lambda pair: -pair[1])
    wanted = Wanted(since=since + timedelta(hours=6), until=NOW, ended=Ended.FAILED)
    page = requests.page(wanted, size=3, reach=20)
    seen = [each.request_id for each in page.records]
    while page.next is not None:
        page = requests.page(wanted, after=page.next, size=3, reach=20)
        seen += [each.request_id for each in page.records]
    due = [each for each in made if each.failed and wanted.since and each.at >= wanted.since]
    assert seen == [each.request_id for each in reversed(due)]


if __name__ == "__main__":
    django.setup()
    from django.db import connection

    from tests.panel.walk import walk

    upgrade()
    live()
    look()
    if connection.vendor != "sqlite":
        # On SQLite it would be what all other tests are.
        walk(NOW)
    from keys import figures
    from keys.audit import check, check_days

    assert [*check(figures.keys()), *check_days(figures.days())] == []
    assert figures.strays() == []
    assert len(list(figures.days())) == 6
    print("it adds up", flush=True)
