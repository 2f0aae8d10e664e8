"""A model's name leads to one place, or to a clear error."""

from __future__ import annotations

from typing import Any, cast

import pytest

from proxy.errors import ErrorKind, GatewayError
from proxy.route import ModelName, Provider, RouteTable
from proxy.upstreams.base import Upstream

UPSTREAM = cast(Upstream, object())
OTHER = cast(Upstream, object())
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


def test_names_may_be_chinese() -> None:
    assert ModelName.parse("流式抗截断/gemini-2.5-pro").prefix == "流式抗截断"


def test_its_memory_of_names_is_bounded() -> None:
    table = RouteTable([Provider("gemini", UPSTREAM, catch_all=True)])
    for number in range(5_000):
        table.resolve(f"model-{number}")
    assert len(cast(Any, table)._cache) <= 4_096
