"""Fills a gateway's database for the pictures: `python -m tests.browser.seed COUNT`.

The environment names the database, as for `manage.py`. It prints as JSON what the addresses of
pages are made of (`places.PAGES`), and the text of a key with a past as "secret".
"""

from __future__ import annotations

import json
import os
import random
import sys
from datetime import UTC, datetime, timedelta
from typing import Any

import django

from tests.browser import loans, pool

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gateway.settings")

LABELS = (
    "Ada",
    "读书群 · 小明的沉浸式翻译和论文阅读助手，仅限周末使用，请勿外传，谢谢配合（二〇二六年十一月）",
    "discord/very-long-handle-of-a-member-who-runs-a-coding-agent",
    "家里的 NAS",
    "Claude Code on the build machine",
    "读书群小明的沉浸式翻译和论文阅读助手仅限周末使用请勿外传谢谢配合" + "x" * 60,
)
OWNERS = ("", "ada@example.org", "@小明", "telegram: a_rather_long_user_name_0123456789")
MODELS = (
    "gemini-2.5-pro",
    "gemini-2.5-flash",
    "gemini-3-pro-preview-11-2025-thinking",
    "claude-sonnet-4-5",
    "gpt-5.5",
    "gemini-2.5-flash-image",
    "gemini-2.5-flash-lite",
)

ROOM = 300
"""Credentials of the pool."""


def main(count: int) -> dict[str, Any]:
    django.setup()
    from django.conf import settings

    from keys import services
    from keys.models import ApiKey, RequestRecord

    chance = random.Random(7)
    now = datetime.now(UTC)
    made = [
        services.batch(settings.POTLUCK_PEPPER, some, total=1_000)
        for some in (min(1_000, count - 1 - before) for before in range(0, count - 1, 1_000))
    ]
    keys = [each.key for some in made for each in some]
    for number, key in enumerate(keys):
        _dress(key, chance, now, number)
    ApiKey.objects.bulk_update(
        keys,
        ["description", "owner", "total_quota", "used", "enabled", "created_at", "expires_at"],
        batch_size=90,
    )
    _use([key.pk for key in keys[-60:]], chance, now)
    special = services.batch(
        settings.POTLUCK_PEPPER,
        1,
        total=100_000,
        description=LABELS[1],
        owner="@小明",
        daily_quota=2_000,
        time_zone="Asia/Shanghai",
        model_daily={"gemini-*pro*": 500},
        rpm=60,
        concurrency=4,
        models=("gemini-*", "claude-*"),
        networks=("192.0.2.0/24", "2001:db8::/48"),
    )[0]
    _live(special.key.pk, chance, now)
    _log([key.pk for key in keys[-12:]], chance, now)
    pool.fill(ROOM, chance, now)
    for pattern, units in (("gemini-*pro*", 12), ("gpt-5.5", 8), ("*-image", 25)):
        services.set_cost(pattern, units)
    services.set_cost("provider-with-a-long-name/" + "a-model-name-that-does-not-end-" * 3, 3)
    return {
        "secret": special.secret,
        "key": special.key.pk,
        "credential": ROOM,
        "request": RequestRecord.objects.latest("pk").request_id,
        **loans.fill(6, now),
    }


def _dress(key: Any, chance: random.Random, now: datetime, number: int) -> None:
    key.description = f"{chance.choice(LABELS)} {number}" if number % 9 else ""
    key.owner = chance.choice(OWNERS)
    key.total_quota = None if number % 17 == 0 else chance.choice((1_000, 50_000, 1_234_567_890))
    key.used = int((key.total_quota or 4_000) * chance.choice((0, 0.03, 0.4, 0.93, 1)))
    key.enabled = number % 13 != 0
    key.created_at = now - timedelta(days=number % 300 + 1)
    key.expires_at = now + timedelta(days=chance.randint(-9, 90)) if number % 7 == 0 else None


def _use(ids: list[int], chance: random.Random, now: datetime) -> None:
    from keys.models import UsageDay

    UsageDay.objects.bulk_create(
        UsageDay(
            key_id=key_id,
            model=MODELS[key_id % 3],
            day=(now - timedelta(days=chance.choice((0, 0, 1, 5)))).date(),
            calls=chance.randint(1, 90),
            units=chance.randint(1, 900),
        )
        for key_id in ids
    )


def _log(ids: list[int], chance: random.Random, now: datetime) -> None:
    """Three days of requests, added up as the gateway does it once a minute."""
    from keys import invented, rollup, seeding
    from keys.models import Progress

    lent = [
        invented.Lent(number, f"{provider} · {LABELS[number % len(LABELS)]}", provider)
        for number, provider in enumerate(invented.PROVIDERS * 2, 1)
    ]
    since = now - timedelta(days=3)
    found = invented.requests(600, invented.Cast(ids, lent), since, now, chance)
    assert list(seeding.write(found)) == [600]
    # The gateway that runs may have added up a moment ago.
    Progress.objects.filter(name="usage_hours").update(claimed_until=None)
    rollup.run(now)


def _live(key_id: int, chance: random.Random, now: datetime) -> None:
    """Thirty days of seven models, the ledger's last lines, and a day that is under way."""
    from keys.models import ApiKey, EntryKind, KeyDay, LedgerEntry, UsageDay

    UsageDay.objects.bulk_create(
        UsageDay(
            key_id=key_id,
            model=model,
            day=(now - timedelta(days=back)).date(),
            calls=chance.randint(1, 40),
            failed=chance.randint(0, 3),
            units=chance.randint(5, 300) // (place + 1),
        )
        for back in range(30)
        for place, model in enumerate(MODELS)
        if chance.random() > 0.25
    )
    ApiKey.objects.filter(pk=key_id).update(used=93_210)
    day = now + timedelta(hours=8)
    KeyDay.objects.bulk_create(
        KeyDay(key_id=key_id, day=day.date(), pattern=pattern, used=used)
        for pattern, used in (("", 1_280), ("gemini-*pro*", 480))
    )
    LedgerEntry.objects.bulk_create(
        LedgerEntry(
            key_id=key_id,
            at=now - timedelta(minutes=7 * place),
            kind=EntryKind.CHARGE,
            units=-chance.choice((1, 2, 10)),
            balance=6_790 + place,
            request_id=f"request-{place}",
        )
        for place in range(40, 0, -1)
    )


if __name__ == "__main__":
    print(json.dumps(main(int(sys.argv[1]))))
