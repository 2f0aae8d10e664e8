"""A gateway process in small, for tests that need real ones: `python -m tests.keys.limits.worker`.

Takes the prefix and a role; prints one line.
"""

from __future__ import annotations

import asyncio
import sys

from keys.limits import Limited
from keys.limits.scripts import Names
from keys.limits.shared import Shared
from keys.limits.wire import connect
from tests.keys.limits.stage import HOME, URL, Key, started, utcnow


async def pace(limits: Shared) -> None:
    """Prints how many of a hundred requests were admitted, of 50 a minute for everybody."""
    admitted = 0
    for _ in range(10):
        tries = (admit(limits, Key(rpm=50)) for _ in range(10))
        admitted += sum(await asyncio.gather(*tries))
    print(admitted, flush=True)


async def admit(limits: Shared, key: Key) -> bool:
    try:
        (await limits.admit(key, HOME, utcnow())).leave()
    except Limited:
        return False
    return True


async def crowd(limits: Shared, names: Names) -> None:
    """Prints the most calls that ran at once anywhere, and how many ran here."""
    client = connect(URL)
    most = 0

    async def call() -> None:
        nonlocal most
        admission = await limits.admit(Key(concurrency=3, waiting=1000), HOME, utcnow())
        most = max(most, await client.incr(f"{names.prefix}at-once"))
        await asyncio.sleep(0.002)
        await client.decr(f"{names.prefix}at-once")
        admission.leave()

    await asyncio.gather(*(call() for _ in range(25)))
    await client.aclose()
    print(most, 25, flush=True)


async def hold(limits: Shared) -> None:
    """Takes both places of a key, stands in line for more, and never leaves."""
    key = Key(concurrency=2, waiting=2)
    for _ in range(2):
        await limits.admit(key, HOME, utcnow())
    waiting = asyncio.gather(*(limits.admit(key, HOME, utcnow()) for _ in range(2)))
    await asyncio.sleep(0.1)
    print("holding", flush=True)
    await waiting


async def main(prefix: str, role: str) -> None:
    names = Names(prefix)
    async with started(URL, names) as limits:
        match role:
            case "pace":
                await pace(limits)
            case "crowd":
                await crowd(limits, names)
            case _:
                await hold(limits)


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
