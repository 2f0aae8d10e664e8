"""A gateway process in small, for tests that need real ones: `python -m tests.keys.worker`.

Reads one JSON object from its arguments and prints lines.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import django

if TYPE_CHECKING:
    from keys.ledger import Ledger


async def attempt(ledger: Ledger, key_id: int, request_id: str) -> bool:
    """One request of one unit that is answered, unless it is refused."""
    from keys.quota import Refused

    try:
        await ledger.reserve(key_id, 1, request_id)
    except Refused:
        return False
    ledger.settle(request_id, key_id, 1, charge=True)
    return True


async def spend(ledger: Ledger, key_id: int, count: int) -> int:
    """Some at once, some one after the other, as clients do."""
    admitted = 0
    for start in range(0, count, 10):
        tries = (attempt(ledger, key_id, f"{os.getpid()}-{start + i}") for i in range(10))
        admitted += sum(await asyncio.gather(*tries))
    return admitted


async def torment(name: str, seed: int, keys: list[int], count: int, using: str) -> None:
    """Random operations; prints how far it is, then "done"."""
    from keys.ledger import Ledger
    from tests.keys.chaos import Chaos

    chaos = Chaos(name, seed, keys, using)
    ledger = Ledger(lambda: chaos.now, using=using)
    await ledger.start()
    await chaos.run(ledger, count)
    await ledger.close()
    print("done", flush=True)


async def main(role: str, key_id: int, count: int, using: str) -> None:
    from keys.ledger import Ledger

    ledger = Ledger(lambda: datetime.now(UTC), using=using)
    await ledger.start()
    if role == "spend":
        admitted = await spend(ledger, key_id, count)
        await ledger.close()
        print(admitted, flush=True)
        return
    for number in range(count):
        await ledger.reserve(key_id, 1, f"held-{number}")
    ledger.settle("held-0", key_id, 1, charge=True)
    await ledger.flush()
    print("holding", flush=True)
    time.sleep(60)


if __name__ == "__main__":
    options: dict[str, Any] = json.loads(sys.argv[1])
    django.setup()
    from django.db import connections

    connections.databases[options["using"]]["NAME"] = options.pop("database")
    asyncio.run(torment(**options) if "seed" in options else main(**options))
