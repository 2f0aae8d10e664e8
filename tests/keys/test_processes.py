"""Quotas are exact among real processes, and survive the sudden death of one."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connections

from keys import services
from keys.attributes import Attributes
from keys.ledger import Ledger
from keys.models import ApiKey, KeyDay, LedgerEntry, Reservation
from keys.quota import Balance
from tests.keys.conftest import Bank

OPERATIONS = int(os.environ.get("POTLUCK_TEST_OPERATIONS", "4000"))
"""Of each database. For a long look: 100000."""
DAYS: Attributes = {"daily_quota": 60, "model_daily": {"*pro*": 25, "*flash*": 25}}

pytestmark = pytest.mark.django_db(transaction=True, databases="__all__")


def spawn(bank: Bank, role: str, key: ApiKey, count: int) -> subprocess.Popen[str]:
    return start(bank, role=role, key_id=key.pk, count=count)


def start(bank: Bank, **options: object) -> subprocess.Popen[str]:
    database = str(connections[bank.using].settings_dict["NAME"])
    options |= {"using": bank.using, "database": database}
    return subprocess.Popen(
        [sys.executable, "-m", "tests.keys.worker", json.dumps(options)],
        stdout=subprocess.PIPE,
        text=True,
    )


def test_four_processes_spend_a_quota_exactly(bank: Bank) -> None:
    key = bank.key(50)
    processes = [spawn(bank, "spend", key, 50) for _ in range(4)]
    admitted = [int(process.communicate(timeout=60)[0]) for process in processes]
    assert sum(admitted) == 50
    assert bank.balance(key) == Balance(50, used=50, reserved=0)
    bank.run(lambda ledger: ledger.flush())


def test_what_a_killed_process_held_is_refunded_once(bank: Bank) -> None:
    key = bank.key(10)
    with spawn(bank, "hold", key, 5) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "holding\n"
        process.kill()
    assert bank.balance(key) == Balance(10, used=1, reserved=4)
    bank.clock.now = datetime.now(UTC) + timedelta(hours=1)

    async def story(ledger: Ledger) -> int:
        # `start` has swept already; a process that died cannot settle, but a late one might.
        ledger.settle("held-1", key.pk, 1, charge=True)
        return await ledger.sweep(bank.clock())

    assert bank.run(story) == 0
    assert bank.balance(key) == Balance(10, used=1, reserved=0)
    charges = LedgerEntry.objects.using(bank.using).filter(kind="charge")
    assert charges.count() == 1


def torment(bank: Bank, keys: list[ApiKey], name: str, seed: int, count: int) -> Any:
    return start(bank, name=name, seed=seed, keys=[key.pk for key in keys], count=count)


def strike(process: subprocess.Popen[str], lines: int) -> int:
    """Kills it after some of its lines; how far it was."""
    assert process.stdout is not None
    said = [process.stdout.readline() for _ in range(lines)]
    process.kill()
    process.communicate()
    return int(said[-1])


def test_whatever_happens_everything_adds_up(bank: Bank) -> None:
    """Calls, refusals, refunds, clients that leave, grants, resets, expiry and days that end, in
    several processes, of which some are killed."""
    seed = random.SystemRandom().randrange(2**32)
    print(f"seed {seed}")
    chance = random.Random(seed)
    keys = [
        bank.key(300),
        bank.key(None),
        bank.key(400, time_zone="America/Los_Angeles"),
        bank.key(None, time_zone="Asia/Kathmandu", days_from_first_use=3),
    ]
    for key in keys[2:]:
        services.edit(key.pk, using=bank.using, **DAYS)
    workers = [
        torment(bank, keys, f"w{n}", chance.randrange(2**32), OPERATIONS // 4) for n in range(3)
    ]
    struck, number = 0, 0
    while struck < OPERATIONS // 4:
        number += 1
        victim = torment(bank, keys, f"v{number}", chance.randrange(2**32), OPERATIONS)
        struck += strike(victim, chance.randint(1, max(2, OPERATIONS // 300)))
    assert [worker.communicate()[0].split()[-1] for worker in workers] == ["done"] * 3
    assert bank.findings() == []
    bank.clock.now = datetime(2100, 1, 1, tzinfo=UTC)
    bank.run(lambda ledger: ledger.flush())
    assert not Reservation.objects.using(bank.using).exists()
    within(bank)


def within(bank: Bank) -> None:
    """Nothing is held, no day is overdrawn, and nobody was charged twice."""
    for key in ApiKey.objects.using(bank.using):
        assert key.reserved == 0
        assert key.total_quota is None or key.used <= key.total_quota
    limits = {"": 60, "*pro*": 25, "*flash*": 25}
    days = list(KeyDay.objects.using(bank.using))
    assert len({row.day for row in days}) > 3
    assert all(row.reserved == 0 and row.used <= limits[row.pattern] for row in days)
    charges = LedgerEntry.objects.using(bank.using).filter(kind="charge")
    assert charges.count() == charges.values("request_id").distinct().count() > 100
