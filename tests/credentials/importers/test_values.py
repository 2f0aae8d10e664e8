"""Values of other programs."""

from __future__ import annotations

from typing import Any

import pytest

from credentials.importers import values
from credentials.importers.entry import Model
from gateway.providers import RESERVED


def test_no_provider_gets_a_name_that_the_configuration_refuses() -> None:
    assert values.TAKEN >= RESERVED


@pytest.mark.parametrize(
    ("wishes", "name"),
    [
        (("Open Router",), "open-router"),
        (("渠道", "example"), "example"),
        (("", "--"), "imported"),
        (("openai",), "openai-compatible"),
        (("x" * 50,), "x" * 32),
    ],
)
def test_a_provider_s_name(wishes: tuple[str, ...], name: str) -> None:
    assert values.provider(*wishes) == name


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("https://api.example.com/v1", "example"),
        ("http://localhost:1/v1", "localhost"),
        ("http://10.0.0.1:80", "10-0-0-1"),
        ("http://[", ""),
        ("", ""),
    ],
)
def test_the_name_of_a_host(url: str, name: str) -> None:
    assert values.host(url) == name


@pytest.mark.parametrize("url", ["", None, 7, "https://x.example/v1", "http://localhost:8080"])
def test_a_base_url(url: Any) -> None:
    assert values.url(url) == (url if isinstance(url, str) else "")


@pytest.mark.parametrize(
    "url",
    [
        *("x", "ftp://x", "https://u:planted@x", "https://x?key=planted", "https://x#a"),
        *("https://x y", "https://x:99999", "https://[", "https://x\x01", "https://" + "x" * 500),
    ],
)
def test_another_url_is_refused_and_not_quoted(url: str) -> None:
    with pytest.raises(ValueError, match="base URL") as caught:
        values.url(url)
    assert "planted" not in str(caught.value)


@pytest.mark.parametrize(
    ("proxy", "read"), [("none", "direct"), ("DIRECT", "direct"), (None, ""), (7, "")]
)
def test_a_proxy(proxy: Any, read: str) -> None:
    assert values.proxy(proxy) == read


def test_a_label_is_one_line_that_can_be_stored() -> None:
    assert values.label(" a\x00b\nc\u202ed ") == "abcd"
    assert values.label(7) == ""
    assert len(values.label("x" * 500)) == 200


@pytest.mark.parametrize(
    ("raw", "weight"), [(5, 5), (0, 1), (-1, 1), (10**9, 1_000), (True, 1), ("5", 1), (None, 1)]
)
def test_a_weight(raw: Any, weight: int) -> None:
    assert values.weight(raw) == weight


def test_models() -> None:
    raw = [{"name": "a", "alias": "b"}, {"name": "a"}, "c", {"alias": "d"}, 7, {"name": "a"}]
    assert values.models(raw) == (Model("a", "b"), Model("a", "a"), Model("c", "c"))
    assert values.models("abc") == ()


@pytest.mark.parametrize(("raw", "on"), [(True, True), ("yes", True), (1, False), ("", False)])
def test_a_flag(raw: Any, on: bool) -> None:
    assert values.flag(raw) is on


def test_texts() -> None:
    assert values.texts(["a", "", 7, " b "]) == ["a", "b"]
    assert values.texts("ab") == []
