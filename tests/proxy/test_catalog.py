"""Models that are configured, and those that upstreams list themselves."""

from __future__ import annotations

import asyncio

from credentials.health import NotItsFault
from proxy.dialects.base import ModelInfo
from proxy.errors import ErrorKind, GatewayError
from tests.support.rooms import Rooms, Script

LIST = b'{"models":[{"name":"models/gemini-2.5-flash"},{"name":"models/gemini-2.5-pro"}]}'
CONFIGURED = [
    ModelInfo("nick", "sim"),
    ModelInfo("opus", "claude"),
    ModelInfo("sim-chat", "sim"),
]


async def test_it_lists_both() -> None:
    rooms = Rooms(Script(LIST))
    assert await rooms.services.catalog.models() == [
        ModelInfo("gemini-2.5-flash", "gemini"),
        ModelInfo("gemini-2.5-pro", "gemini"),
        *CONFIGURED,
    ]
    assert rooms.pool.outcomes == [(1, NotItsFault())]
    await rooms.services.catalog.close()


async def test_it_asks_an_upstream_once_for_many_callers() -> None:
    rooms = Rooms(Script(LIST))
    await rooms.services.catalog.models()
    await rooms.services.catalog.models()
    assert len(rooms.client.asked) == 1
    await rooms.services.catalog.close()


async def test_an_upstream_without_a_list_hides_nothing_else() -> None:
    rooms = Rooms(GatewayError(ErrorKind.UPSTREAM_BROKEN, "away"))
    assert await rooms.services.catalog.models() == CONFIGURED
    await rooms.services.catalog.close()


async def test_no_credential_means_configured_names_only() -> None:
    rooms = Rooms(credentials=0)
    assert await rooms.services.catalog.models() == CONFIGURED
    await rooms.services.catalog.close()


async def test_it_learns_the_lists_of_who_has_credentials_and_waits_for_none() -> None:
    rooms = Rooms(Script(LIST), Script(LIST))
    catalog = rooms.services.catalog
    catalog.learn()
    assert (catalog.names(), rooms.client.asked) == (frozenset(), [])
    await catalog.models()
    catalog.learn()
    assert "gemini-2.5-pro" in catalog.names() and "gemini-2.5-pro" in catalog.of("gemini")
    assert len(rooms.client.asked) == 1
    catalog.renew()
    catalog.learn()
    await asyncio.sleep(0)
    assert len(rooms.client.asked) == 2 and catalog.of("nobody") == ()
    await catalog.close()
