"""What comes before Django: the gateway itself."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from gateway.asgi import Gateway
from gateway.runtime import Runtime
from panel import bridge
from tests.support.asgi import call

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("site")]


@pytest.fixture
async def gateway(site: object) -> AsyncIterator[Gateway]:
    runtime = Runtime()
    yield Gateway(runtime)
    await runtime.stop()


async def test_a_page_is_still_a_page(gateway: Gateway) -> None:
    assert (await call(gateway, "GET", "/nowhere")).status == 404


async def test_a_page_finds_the_gateway_running_without_lifespan(gateway: Gateway) -> None:
    await call(gateway, "GET", "/nowhere")
    assert bridge.current().vitals().calls == 0


async def test_a_page_is_shown_when_the_gateway_cannot_start(
    caplog: pytest.LogCaptureFixture,
) -> None:
    class Broken(Runtime):
        async def start(self) -> None:  # type: ignore[override]
            raise RuntimeError("a story about a database")

    assert (await call(Gateway(Broken()), "GET", "/nowhere")).status == 404
    assert "could not be started" in caplog.text
