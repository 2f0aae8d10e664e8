"""The gateway of one process: what it takes over while it runs, and how the console reaches it."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from typing import TypeVar

import pytest
from django.db import connections

from credentials import services
from credentials.kinds import Kind
from credentials.models import Credential
from credentials.vault import Vault
from gateway.asgi import Gateway
from gateway.config import load
from gateway.editor import Editor
from gateway.live import Live
from gateway.models import StoredSetting
from gateway.runtime import Runtime
from panel import bridge
from tests.support.asgi import Caller, call
from tests.support.simulator import Upstream, simulated, upstream

__all__ = ["simulated", "upstream"]

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("site")]

T = TypeVar("T")


class House:
    """A running gateway, and the settings of its console."""

    def __init__(self, **environ: str) -> None:
        self.live = Live(lambda stored: load(environ, stored, {}))
        self.runtime = Runtime(self.live)
        self.door = Gateway(self.runtime)
        self.editor = Editor(self.live)

    async def change(self, **values: str) -> None:
        await thread(lambda: self.editor.change(values))

    async def xai(self) -> Caller:
        return await call(self.door, "GET", "/xai/v1/models")


@asynccontextmanager
async def running(**environ: str) -> AsyncIterator[House]:
    house = House(**environ)
    await house.runtime.start()
    try:
        yield house
    finally:
        await house.runtime.stop()


async def thread(work: Callable[[], T]) -> T:
    def job() -> T:
        try:
            return work()
        finally:
            connections.close_all()

    return await asyncio.to_thread(job)


async def until(done: Callable[[], bool]) -> None:
    async with asyncio.timeout(10):
        while not done():
            await asyncio.sleep(0.01)


async def test_a_hot_setting_holds_for_the_next_request() -> None:
    async with running() as house:
        assert (await house.xai()).status == 404
        await house.change(XAI_PASSTHROUGH="true")
        assert (await house.xai()).status == 401


async def test_what_others_have_stored_is_taken_over() -> None:
    async with running() as house:
        await thread(lambda: StoredSetting.objects.create(name="XAI_PASSTHROUGH", value=True))
        await until(lambda: house.live.config.xai_passthrough)
        assert (await house.xai()).status == 401


async def test_a_stored_value_that_is_none_stops_nobody(caplog: pytest.LogCaptureFixture) -> None:
    async with running() as house:
        await house.change(XAI_PASSTHROUGH="true")
        spoil = StoredSetting.objects.filter(name="XAI_PASSTHROUGH").update
        await thread(lambda: spoil(value="perhaps"))
        await until(lambda: "XAI_PASSTHROUGH" in caplog.text)
        assert (await house.xai()).status == 401


@pytest.fixture
def levels() -> Iterator[None]:
    names = ["", "django.request", "httpx", "uvicorn.error", "daphne", "urllib3"]
    names += ["boto3", "botocore", "s3transfer"]
    before = {name: logging.getLogger(name).level for name in names}
    yield
    for name, level in before.items():
        logging.getLogger(name).setLevel(level)


@pytest.mark.usefixtures("levels")
async def test_the_log_level_is_applied() -> None:
    async with running() as house:
        before = logging.getLogger().level
        await house.change(AUTO_BAN="false")
        assert logging.getLogger().level == before
        await house.change(LOG_LEVEL="error")
        assert logging.getLogger().level == logging.ERROR
        assert logging.getLogger("httpx").level == logging.WARNING


async def test_routes_and_limits_follow() -> None:
    async with running() as house:
        await house.change(MODEL_ALIASES="fast=gemini-2.5-flash", MAX_REQUESTS_PER_MINUTE="5")
        rooms = house.runtime._rooms
        assert rooms is not None
        route = rooms.services.routes().resolve("fast")
        assert route.targets[0].model == "gemini-2.5-flash"
        assert rooms.services.routes() is rooms.services.routes()


async def test_the_console_reaches_it_until_it_stops() -> None:
    async with running(WORKERS="3", IMAGE_STORAGE_TYPE="local", DATA_DIR="/nowhere") as house:
        found = await thread(lambda: bridge.current().vitals())
        assert (found.calls, found.streams, found.processes) == (0, 0, 3)
        await house.change(QUOTA_RESET_ZONE="Asia/Shanghai")
        assert bridge.current().calendar.zone.key == "Asia/Shanghai"
    with pytest.raises(bridge.NotRunning):
        bridge.current()


def lent(vault_keys: list[bytes], secret: str) -> int:
    row, _ = services.add(Vault(vault_keys), "gemini", Kind.GEMINI_API, secret)
    return int(row.pk)


async def test_a_person_tests_a_credential(
    upstream: Upstream, real_settings: dict[str, list[bytes]]
) -> None:
    upstream.fail("bad-key", "401")
    vault_keys = real_settings["POTLUCK_VAULT_KEYS"]
    async with running(GEMINI_BASE_URL=upstream.base):
        good = await thread(lambda: lent(vault_keys, "good-key"))
        bad = await thread(lambda: lent(vault_keys, "bad-key"))

        def tested(id: int) -> tuple[bool, str]:
            gateway = bridge.current()
            found = gateway.wait(gateway.probes.test(id))
            return found.ok, found.outcome

        assert await thread(lambda: tested(good)) == (True, "Succeeded")
        assert await thread(lambda: tested(bad)) == (False, "Refused")


async def test_probes_are_made_unless_the_operator_forbids_it(
    upstream: Upstream, real_settings: dict[str, list[bytes]]
) -> None:
    async with running(GEMINI_BASE_URL=upstream.base) as house:
        id = await thread(lambda: lent(real_settings["POTLUCK_VAULT_KEYS"], "good-key"))
        banned = Credential.objects.filter(pk=id).update
        await thread(lambda: banned(banned=True, probe_at="2020-01-01T00:00Z"))
        rooms = house.runtime._rooms
        assert rooms is not None
        await rooms.refresh()
        await house.change(PROBE_CREDENTIALS="false")
        await rooms.probe()
        assert upstream.requests == ()
        await house.change(PROBE_CREDENTIALS="true")
        await rooms.probe()
        assert upstream.last.key == "good-key"
