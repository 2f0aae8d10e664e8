"""A pool for the pictures: of every kind, from every source, well, resting, banned and off."""

from __future__ import annotations

import random
from datetime import datetime, timedelta
from typing import Any

NAMES = (
    "AIzaSy…x3Fg",
    "ada.lovelace.with.a.rather.long.address@mathematics.example.org",
    "读书群 · 小明的第二个谷歌账号，周末之前别用完，谢谢配合（二〇二六年十一月借出，十二月归还）",
    "proj-a-service-account-of-a-cloud-project@some-project.iam.example.com",
    "OpenAI key of the build machine",
)
HOMES = (
    ("gemini", "gemini_api"),
    ("code-assist", "code_assist"),
    ("vertex", "vertex"),
    ("openai", "openai"),
    ("anthropic", "anthropic"),
    ("a-provider-with-a-long-name-0001", "openai_compatible"),
)
SOURCES = ("manual", "import", "config", "env")
ACCOUNT = {"email": NAMES[1], "project": "some-project"}
SECONDS = (20, 700, 4_000, 20_000, 200_000)
MISHAPS = (
    (429, "QUOTA_PER_DAY", "Quota exceeded for metric: generate_content_free_tier_requests …"),
    (429, "RATE_LIMIT_EXCEEDED", "Resource has been exhausted (e.g. check quota)."),
    (403, "SERVICE_DISABLED", "Generative Language API has not been used in project 1 before."),
    (401, "API_KEY_INVALID", "API key not valid. Please pass a valid API key."),
    (503, "stumbled", "The model is overloaded. Please try again later."),
)
DAYS = 30


def fill(count: int, chance: random.Random, now: datetime) -> None:
    """`count` credentials that nobody can be asked with; the last was contributed."""
    from django.conf import settings

    from credentials.models import Credential, Revision
    from credentials.vault import Vault

    sealed, revision = Vault(settings.POTLUCK_VAULT_KEYS).seal("none").decode(), Revision.bump()
    rows = [_row(number, chance, now) for number in range(count)]
    for row in rows:
        row.sealed, row.revision = sealed, revision
    rows[-1].source = "contributed"
    Credential.objects.bulk_create(rows)
    _contribute(rows[-1], chance, now)


def _row(number: int, chance: random.Random, now: datetime) -> Any:
    from credentials.models import Credential

    provider, kind = HOMES[number % len(HOMES)]
    name = NAMES[number % len(NAMES)]
    row = Credential(
        provider=provider,
        kind=kind,
        label=f"{name[:52]} {number}" if number % 7 else name,
        source=SOURCES[number % len(SOURCES)],
        fingerprint=f"{number:064x}",
        extra=ACCOUNT if kind == "code_assist" else {},
        enabled=number % 11 != 0,
        weight=number % 3 + 1,
        day=now.date(),
        calls=chance.choice((0, 12, 49, 250, 1_234)),
        served=11,
        pro_calls=chance.choice((0, 3, 25)),
        day_cap=chance.choice((0, 50, 250, 1_500)),
    )
    row.pro_cap = 25 if row.day_cap else 0
    _ail(row, number, chance, now)
    row.errors = _errors(number, chance, now)
    return row


def _ail(row: Any, number: int, chance: random.Random, now: datetime) -> None:
    """Accounts rest, Cloud keys of a kind rest for two models, some are banned."""
    from credentials import health

    wait = timedelta(seconds=chance.choice(SECONDS))
    found = health.Health()
    if number % 30 == 20:
        row.banned, row.reason = True, "API_KEY_INVALID"
        found = health.Health(banned=row.reason)
    elif row.kind == "code_assist":
        row.cooling_until, row.reason = now + wait, "QUOTA_PER_DAY"
        rest = health.Rest(until=row.cooling_until, since=now, limits=1, reason=row.reason)
        found = health.Health(whole=rest)
    elif row.kind == "openai":
        models = {
            "gemini-2.5-pro": health.Rest(now + wait, now, reason="RATE_LIMIT_EXCEEDED"),
            "gemini-3-pro-preview-11-2025-thinking": health.Rest(
                now + 2 * wait, now, reason="MODEL_CAPACITY_EXHAUSTED"
            ),
        }
        found = health.Health(models=models, barred=("gemini-2.5-flash-image",))
    row.health = health.dump(found)


def _errors(number: int, chance: random.Random, now: datetime) -> list[dict[str, Any]]:
    """Every tenth has failed as often as is remembered, others once or twice or never."""
    from credentials.history import KEPT, Mishap, merged

    times = KEPT if number % 10 == 9 else number % 3
    past = [now - timedelta(minutes=17 + 51 * back * (back + 1) // 2) for back in range(times)]
    return merged([], [Mishap(at, *chance.choice(MISHAPS)) for at in past])


def _contribute(row: Any, chance: random.Random, now: datetime) -> None:
    from credentials.models import Contribution, ServedDay

    Contribution.objects.create(
        credential=row,
        digest="0" * 64,
        state="lending",
        since=now - timedelta(days=20),
        terms="0123456789ab",
        terms_digest="0" * 64,
        language="zh-hans",
        risk="account",
        consented_at=now - timedelta(days=30),
        name="小明 from the reading group",
        paid="call",
        units=2,
        created_at=now - timedelta(days=30),
    )
    days = [(now - timedelta(days=back)).date() for back in range(DAYS)]
    calls = [chance.randint(0, 200) for _ in days]
    ServedDay.objects.bulk_create(
        ServedDay(credential=row, day=day, calls=made, served=made * 9 // 10)
        for day, made in zip(days, calls, strict=True)
    )
