from __future__ import annotations

import pytest

from keys.limits.scripts import Names
from keys.limits.shared import SCRIPTS
from keys.limits.wire import connect
from tests.keys.limits.stage import URL, names_of_a_test, needs_redis


def test_two_installations_on_one_redis_share_no_name() -> None:
    ours, theirs = Names(), Names("other:")
    for mine, other in (
        (ours.minute("key:1"), theirs.minute("key:1")),
        (ours.day("calls:203.0.113.7"), theirs.day("calls:203.0.113.7")),
        (ours.topics, theirs.topics),
    ):
        assert mine.startswith("potluck:") and other.startswith("other:")
    assert len({*ours.places(1), *ours.places(2)}) == 6


@needs_redis
@pytest.mark.parametrize("name", [*SCRIPTS])
async def test_redis_takes_every_script(name: str) -> None:
    client = connect(URL)
    assert await client.script_load(SCRIPTS[name])
    await client.aclose()


@needs_redis
async def test_everything_expires_by_itself() -> None:
    client = connect(URL)
    async with names_of_a_test() as names:
        minute, page, day = names.minute("key:1"), names.minute("calls:a"), names.day("calls:a")
        keys = (minute, page, day, *names.places(1))
        far = 4_000_000_000_000_000
        words = (60_000_000, 15_000_000, 5_000_000, 9, 9, 9, 1, 1, 0, far, far + 1, far + 2)
        for call in ("one", "two"):
            await client.eval(SCRIPTS["admit"], len(keys), *keys, call, *words)
        for key in keys:
            assert await client.pttl(key) > 0, key
    await client.aclose()
