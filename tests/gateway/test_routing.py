"""What the console is told of names: the list, and what one of them would do."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any, cast

import pytest

from gateway import routing
from panel.bridge import Place
from proxy.catalog import Catalog
from proxy.ir import Dialect
from proxy.route import Provider, RouteTable
from proxy.services import Services
from proxy.upstreams.base import Upstream
from tests.support.rooms import FakePool, Rooms, Script

LIST = b'{"models":[{"name":"models/gemini-2.5-flash"},{"name":"models/gemini-2.0-flash-lite"}]}'


class Fake:
    def __init__(self, dialect: Dialect) -> None:
        self.dialect = dialect


class Pool(FakePool):
    """Only some providers have a credential."""

    def __init__(self, *having: str) -> None:
        super().__init__()
        self._having = having

    def count(self, provider: str) -> int:
        return int(provider in self._having)


class Listed:
    """A catalogue that knows already what there is."""

    def __init__(self, names: dict[str, tuple[str, ...]]) -> None:
        self._names = names

    def of(self, provider: str) -> tuple[str, ...]:
        return self._names.get(provider, ())

    def names(self) -> frozenset[str]:
        return frozenset().union(*self._names.values())


GEMINI, CHAT = (cast(Upstream, Fake(each)) for each in (Dialect.GEMINI, Dialect.OPENAI_CHAT))
PROVIDERS = (
    Provider("gemini", GEMINI, catch_all=True),
    Provider("vertex", GEMINI, catch_all=True),
    Provider("openai", CHAT, families=("gpt-*",)),
    Provider("deep", CHAT, {"chat": "deep-chat-v3"}),
    Provider("open", CHAT),
)


def services(
    *having: str,
    listed: dict[str, tuple[str, ...]] | None = None,
    aliases: dict[str, str] | None = None,
    **options: Any,
) -> Services:
    catalog = cast(Catalog, Listed(listed or {"gemini": ("gemini-2.5-pro",)}))
    table = RouteTable(PROVIDERS, aliases=aliases or {}, listed=catalog.names, **options)
    pool = Pool(*(having or ("gemini", "deep", "openai", "open")))
    return replace(Rooms().services, routes=lambda: table, catalog=catalog, pool=pool)


async def test_upstreams_are_asked_for_their_lists() -> None:
    rooms = Rooms(Script(LIST))
    found = await routing.offered(rooms.services)
    assert {"gemini-2.5-flash", "sim-chat", "opus"} <= found
    await rooms.services.catalog.close()


async def test_an_upstream_that_says_nothing_keeps_no_page_waiting(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    class Silent:
        async def models(self) -> list[Any]:
            return await asyncio.Event().wait()  # type: ignore[return-value]

    monkeypatch.setattr(routing, "_PATIENCE", 0.01)
    quiet = replace(services(), catalog=cast(Catalog, Silent()))
    assert await routing.offered(quiet) == frozenset()


def test_every_name_has_a_row() -> None:
    listed = {"gemini": ("gemini-2.5-pro",), "openai": ("gpt-5",), "open": ("qwen", "two words")}
    rows = routing.rows(services(listed=listed, aliases={"fast": "gemini-2.5-pro"}), ())
    assert [row.name for row in rows] == [
        *("chat", "fast", "gemini-2.5-pro", "gpt-5", "open/qwen", "open/two words")
    ]
    by_name = {row.name: row for row in rows}
    assert by_name["chat"].places == (Place("deep", "deep-chat-v3", "openai_chat", True),)
    assert (by_name["fast"].alias_of, by_name["fast"].cost_name) == ("gemini-2.5-pro",) * 2
    assert by_name["open/two words"].places == ()


def test_spare_providers_are_told_only_where_they_are_needed() -> None:
    def asked(*having: str) -> list[str]:
        rows = routing.rows(services(*having, listed={"openai": ("gpt-5",)}), ())
        return [place.provider for place in rows[-1].places]

    assert asked("openai", "gemini") == ["openai"]
    assert asked("gemini") == ["openai", "gemini", "vertex"]


def test_a_variant_stands_with_its_name() -> None:
    offered = {"gemini-2.5-pro", "gemini-2.5-pro-search", "fake-stream/gemini-2.5-pro"}
    row = routing.rows(services(), offered)[-1]
    assert row.variants == ("fake-stream/gemini-2.5-pro", "gemini-2.5-pro-search")


@pytest.mark.parametrize("glob", ["gemini-*", "*-pro"])
def test_a_name_that_is_not_served_tells_which_glob_hides_it(glob: str) -> None:
    table = services(aliases={"fast": "gemini-2.5-pro"}, excluded=("gpt-*", glob))
    hidden = {row.name: row.excluded for row in routing.rows(table, ())}
    assert hidden == {"chat": "", "fast": glob, "gemini-2.5-pro": glob}
    found = routing.resolve(table, "gemini/gemini-2.5-pro-high")
    assert (found.code, found.excluded) == ("model_not_found", glob)


def test_a_name_is_taken_apart() -> None:
    found = routing.resolve(
        services(aliases={"deep-thought": "gemini-2.5-pro-maxthinking"}),
        "anti-truncation/deep-thought-search",
    )
    assert (found.base, found.alias_of) == ("gemini-2.5-pro", "gemini-2.5-pro-maxthinking")
    assert found.variant == (("anti_truncation", ""), ("search", ""), ("effort", "max"))
    assert [(each.provider, each.ready) for each in found.places] == [
        ("gemini", True),
        ("vertex", False),
    ]
    assert found.code == ""


def test_it_tells_what_is_asked_when_nobody_has_quota() -> None:
    table = services(detours=[("gemini-*-pro", "chat")])
    detours = routing.resolve(table, "gemini-2.5-pro").detours
    assert [(name, places[0].provider) for name, places in detours] == [("chat", "deep")]


@pytest.mark.parametrize("name", ["two words", "", "x" * 300, "a\x00", "gemini-2.5-pro(much)"])
def test_what_is_no_name_says_why(name: str) -> None:
    found = routing.resolve(services(), name)
    assert found.code == "invalid_request"
    assert "name" in found.reason


def test_nobody_takes_a_name_that_nobody_has() -> None:
    table = RouteTable(PROVIDERS[3:4])
    bare = replace(services(), routes=lambda: table)
    assert routing.resolve(bare, "other").code == "model_not_found"
