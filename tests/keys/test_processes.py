"""Quotas are exact among real processes, and survive the sudden death of one."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connections

from keys.ledger import Ledger
from keys.models import ApiKey, LedgerEntry
from keys.quota import Balance
from tests.keys.conftest import Bank

pytestmark = pytest.mark.django_db(transaction=True, databases="__all__")


def spawn(bank: Bank, role: str, key: ApiKey, count: int) -> subprocess.Popen[str]:
    database = str(connections[bank.using].settings_dict["NAME"])
    options = {"role": role, "key_id": key.pk, "count": count, "using": bank.using}
    return subprocess.Popen(
        [sys.executable, "-m", "tests.keys.worker", json.dumps(options | {"database": database})],
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
