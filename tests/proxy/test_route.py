"""A model's name leads to one place, or to a clear error."""

from __future__ import annotations

from typing import Any, cast

import pytest

from proxy.errors import ErrorKind, GatewayError
from proxy.ir import Dialect
from proxy.route import Provider, RouteTable
from proxy.upstreams.base import Upstream


class Fake:
    def __init__(self, dialect: Dialect) -> None:
        self.dialect = dialect


UPSTREAM = cast(Upstream, Fake(Dialect.GEMINI))
OTHER = cast(Upstream, Fake(Dialect.OPENAI_CHAT))
TABLE = RouteTable(
    [
        Provider("gemini", UPSTREAM, catch_all=True),
        Provider("deep", OTHER, {"chat": "deep-chat-v3", "org/model": "org/model"}),
        Provider("spare", OTHER, {"chat": "spare-chat"}),
    ]
)


@pytest.mark.parametrize(
    ("asked", "targets"),
    [
        ("gemini-2.5-flash", [("gemini", "gemini-2.5-flash")]),
        ("models/gemini-2.5-flash", [("gemini", "gemini-2.5-flash")]),
        ("chat", [("deep", "deep-chat-v3"), ("spare", "spare-chat")]),
        ("org/model", [("deep", "org/model")]),
        ("deep/chat", [("deep", "deep-chat-v3")]),
        ("deep/anything", [("deep", "anything")]),
        ("gemini/gemini-2.5-pro", [("gemini", "gemini-2.5-pro")]),
        ("stranger/model", [("gemini", "stranger/model")]),
    ],
)
def test_it_finds_the_targets(asked: str, targets: list[tuple[str, str]]) -> None:
    found = TABLE.resolve(asked).targets
    assert [(target.provider, target.model) for target in found] == targets
    assert TABLE.resolve(asked) is TABLE.resolve(asked)


def test_an_unknown_name_without_a_catch_all_is_not_found() -> None:
    with pytest.raises(GatewayError) as caught:
        RouteTable([Provider("deep", OTHER, {"chat": "chat"})]).resolve("other")
    assert caught.value.kind is ErrorKind.MODEL_NOT_FOUND


@pytest.mark.parametrize(
    "name",
    ["", "a b", "a?b", "a#b", "a%2fb", "../x", "a/../b", "x" * 201, "a\nb", "a\\b", "a\x00"],
)
def test_it_refuses_what_is_no_name(name: str) -> None:
    with pytest.raises(GatewayError) as caught:
        TABLE.resolve(name)
    assert caught.value.kind is ErrorKind.INVALID_REQUEST


def test_its_memory_of_names_is_bounded() -> None:
    table = RouteTable([Provider("gemini", UPSTREAM, catch_all=True)])
    for number in range(5_000):
        table.resolve(f"model-{number}")
    assert len(cast(Any, table)._cache) <= 4_096


def owners(table: RouteTable, name: str, within: str = "") -> list[tuple[str, str]]:
    found = table.resolve(name, None, within).targets
    return [(target.provider, target.model) for target in found]


def test_an_alias_is_asked_by_its_real_name() -> None:
    table = RouteTable([Provider("gemini", UPSTREAM, catch_all=True)], aliases={"fast": "flash"})
    assert owners(table, "fast") == [("gemini", "flash")]
    assert table.resolve("fast").name.full == "fast"
    assert ("fast", "alias") in table.claimed()


@pytest.mark.parametrize("name", ["secret-1", "shadow", "gemini/secret-1", "secret-1(high)"])
def test_what_is_excluded_is_not_served(name: str) -> None:
    table = RouteTable(
        [Provider("gemini", UPSTREAM, catch_all=True)],
        aliases={"shadow": "secret-1"},
        excluded=["secret-*"],
    )
    with pytest.raises(GatewayError) as caught:
        table.resolve(name)
    assert caught.value.kind is ErrorKind.MODEL_NOT_FOUND
    assert not list(table.claimed())


def test_a_family_goes_to_its_maker_who_has_credentials() -> None:
    rich = frozenset({"maker"})
    table = RouteTable(
        [
            Provider("gemini", UPSTREAM, catch_all=True),
            Provider("maker", OTHER, families=("claude-*",)),
        ],
        rich=lambda: rich,
    )
    assert owners(table, "claude-x") == [("maker", "claude-x")]
    rich = frozenset({"gemini"})
    assert owners(table, "claude-x") == [("gemini", "claude-x")]
    rich = frozenset()
    assert owners(table, "claude-x") == [("maker", "claude-x")], "its error tells what is missing"


def test_names_that_are_learned_later_are_read_anew() -> None:
    names: set[str] = set()
    table = RouteTable(
        [Provider("gemini", UPSTREAM, catch_all=True)],
        rich=lambda: {"gemini"},
        listed=lambda: names,
    )
    assert table.resolve("gemini-9-search").name.variant.search
    names.add("gemini-9-search")
    table.forget()
    assert not table.resolve("gemini-9-search").name.variant.search


def test_the_callers_own_dialect_is_preferred() -> None:
    responses = cast(Upstream, Fake(Dialect.OPENAI_RESPONSES))
    table = RouteTable([Provider("openai", OTHER, catch_all=True, beside=(responses,))])
    assert table.resolve("m", Dialect.OPENAI_RESPONSES).targets[0].upstream is responses
    assert table.resolve("m", Dialect.ANTHROPIC).targets[0].upstream is OTHER


def test_a_path_limits_who_answers() -> None:
    table = RouteTable(
        [
            Provider("gemini", UPSTREAM, catch_all=True),
            Provider("vertex", UPSTREAM, catch_all=True),
            Provider("deep", OTHER, {"chat": "deep-v3"}),
        ],
        groups={"google": ("gemini", "vertex")},
    )
    assert owners(table, "chat", "deep") == [("deep", "deep-v3")]
    assert owners(table, "other", "deep") == [("deep", "other")]
    assert owners(table, "chat", "google") == [("gemini", "chat"), ("vertex", "chat")]
    with pytest.raises(GatewayError) as caught:
        table.resolve("chat", None, "stranger")
    assert caught.value.kind is ErrorKind.PATH_NOT_FOUND


def test_a_variant_leads_to_its_base() -> None:
    assert owners(TABLE, "gemini-2.5-pro-maxthinking-search") == [("gemini", "gemini-2.5-pro")]
    assert owners(TABLE, "流式抗截断/deep/chat") == [("deep", "deep-chat-v3")]
    route = TABLE.resolve("anti-truncation/gemini-2.5-pro")
    assert route.cost_name == "gemini-2.5-pro" and route.name.variant.anti_truncation


def test_a_name_that_an_upstream_lists_is_no_variant() -> None:
    listed = {"gemini-3-pro-high"}
    table = RouteTable([Provider("gemini", UPSTREAM, catch_all=True)], listed=lambda: listed)
    assert owners(table, "gemini-3-pro-high") == [("gemini", "gemini-3-pro-high")]
    listed.clear()
    table.forget()
    assert owners(table, "gemini-3-pro-high") == [("gemini", "gemini-3-pro")]


def test_an_alias_may_hold_a_variant_and_have_variants() -> None:
    table = RouteTable(
        [Provider("gemini", UPSTREAM, catch_all=True)],
        aliases={"deep": "gemini-2.5-pro-search-high"},
    )
    route = table.resolve("deep(low)")
    variant = route.name.variant
    assert (variant.search, variant.effort, variant.budget) == (True, "low", None)
    assert route.name.full == "deep(low)" and route.cost_name == "gemini-2.5-pro"
    assert table.resolve("deep").name.variant.effort == "high"


def around(table: RouteTable, name: str, within: str = "") -> list[tuple[str, str, str]]:
    """(name, provider, model) of every target beside the way."""
    detours = table.resolve(name, None, within).detours
    return [
        (detour.name, target.provider, target.model)
        for detour in detours
        for target in detour.targets
    ]


DETOURS = RouteTable(
    [
        Provider("gemini", UPSTREAM, catch_all=True),
        Provider("deep", OTHER, {"chat": "deep-chat-v3"}),
    ],
    aliases={"clever": "gemini-2.5-pro", "quick": "gemini-2.5-flash"},
    excluded=("secret-*",),
    listed=lambda: ("gemini-3-pro", "gemini-3-pro-preview"),
    detours=[
        ("gemini-2.5-pro", "quick"),
        ("gemini-2.5-pro", "secret-1"),
        ("gemini-2.5-pro", "no name (at all"),
        ("gemini-3-*", "preview"),
        ("gemini-2.5-flash", "chat"),
    ],
)


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("gemini-2.5-pro", [("gemini-2.5-flash", "gemini", "gemini-2.5-flash")]),
        ("clever", [("gemini-2.5-flash", "gemini", "gemini-2.5-flash")]),
        ("gemini-2.5-pro-search", [("gemini-2.5-flash", "gemini", "gemini-2.5-flash")]),
        ("gemini-3-pro", [("gemini-3-pro-preview", "gemini", "gemini-3-pro-preview")]),
        ("gemini-3-pro-preview", [("gemini-3-pro", "gemini", "gemini-3-pro")]),
        (
            "gemini/gemini-3-pro",
            [("gemini/gemini-3-pro-preview", "gemini", "gemini-3-pro-preview")],
        ),
        ("gemini-2.5-flash", [("chat", "deep", "deep-chat-v3")]),
        ("chat", []),
    ],
)
def test_it_knows_who_else_may_be_asked(name: str, found: list[tuple[str, str, str]]) -> None:
    assert around(DETOURS, name) == found


def test_who_chose_a_provider_is_not_sent_to_another() -> None:
    assert around(DETOURS, "gemini-2.5-flash", "gemini") == [("chat", "gemini", "chat")]
