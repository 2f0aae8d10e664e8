"""A setting that is changed while the gateway runs holds for the next request, in every process."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator

import httpx
import pytest

from tests.acceptance.books import Books
from tests.acceptance.line import Head, Line
from tests.acceptance.tongue import OPENAI
from tests.support.gateway import Gateway, Key, configure
from tests.support.simulator import Upstream

ROUNDS = 4
MANY = 12
"""So many connections at once come to both processes."""
CHANGE = "from panel import bridge; print(bridge.settings().change({values!r}))"


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory, simulated: Upstream) -> Iterator[Gateway]:
    """A gateway of two processes with a single credential."""
    folder = tmp_path_factory.mktemp("live")
    with configure(folder, simulated.base, keys=["gemini-key-0"], WORKERS="2") as gateway:
        yield gateway


@pytest.fixture(scope="module")
def guest(pair: Gateway) -> Key:
    return pair.key(quota=100_000)


def change(gateway: Gateway, **values: str) -> str:
    done = gateway.manage("shell", "-c", CHANGE.format(values=values))
    assert done.returncode == 0, done.stderr
    return done.stdout.strip().splitlines()[-1]


async def ask(gateway: Gateway, key: Key, model: str) -> tuple[Head, bytes]:
    """On a connection of its own."""
    async with Line.open(gateway.port) as line:
        path, body = OPENAI.ask(model)
        await line.ask("POST", path, headers={"authorization": key.secret}, body=body)
        return await line.head(), await line.rest()


async def everywhere(gateway: Gateway, key: Key, model: str, real: str) -> None:
    """Waits until every process answers `model` as `real`, a few times in a row: on a busy machine
    one process may take all the connections of a round."""
    rounds = 0
    async with asyncio.timeout(20):
        while rounds < ROUNDS:
            found = await asyncio.gather(*(ask(gateway, key, model) for _ in range(MANY)))
            models = {json.loads(body).get("model") for _, body in found}
            rounds = rounds + 1 if models == {real} else 0
            await asyncio.sleep(0.3)


async def test_every_process_goes_by_the_new_value(pair: Gateway, guest: Key) -> None:
    await everywhere(pair, guest, "quick", "quick")
    assert change(pair, MODEL_ALIASES="quick=gemini-2.5-flash") == "[]"
    await everywhere(pair, guest, "quick", "gemini-2.5-flash")


async def test_another_model_answers_when_the_quota_is_spent(
    pair: Gateway, guest: Key, upstream: Upstream
) -> None:
    books = Books(pair)
    rule = "gemini-2.5-pro=gemini-2.5-flash"
    assert change(pair, QUOTA_FALLBACK=rule, MODEL_ALIASES="swift=gemini-2.5-flash") == "[]"
    await everywhere(pair, guest, "swift", "gemini-2.5-flash")
    before = (await books.settled(guest)).used
    upstream.fail("gemini-key-0", "429-day", times=1)
    head, body = await ask(pair, guest, "gemini-2.5-pro")
    assert (head.status, json.loads(body)["model"]) == (200, "gemini-2.5-flash")
    assert head.headers["x-potluck-model"] == "gemini-2.5-flash"
    asked = [each.model for each in upstream.requests[-2:]]
    assert asked == ["gemini-2.5-pro", "gemini-2.5-flash"]
    assert (await books.settled(guest)).used == before + 2


async def test_what_waits_for_a_restart_says_so(pair: Gateway) -> None:
    assert change(pair, CONNECT_TIMEOUT="3") == "['CONNECT_TIMEOUT']"


async def test_a_bad_stored_value_stops_no_process(pair: Gateway, guest: Key) -> None:
    books = Books(pair)
    sql = "INSERT INTO gateway_storedsetting (name, value, changed_at) VALUES (%s, %s, %s)"
    books.query(sql, "AUTO_BAN", '"perhaps"', "2026-01-01 00:00:00")
    change(pair, MODEL_ALIASES="third=gemini-2.5-flash-lite")
    await everywhere(pair, guest, "third", "gemini-2.5-flash-lite")
    assert "AUTO_BAN (stored setting)" in pair.output()
    assert httpx.get(pair.url, trust_env=False).status_code == 200
