"""What may be an outbound proxy, and what is shown of it."""

from __future__ import annotations

import pytest

from credentials.egress import checked, chosen, shown


@pytest.mark.parametrize(
    "url",
    [
        "",
        "direct",
        "http://proxy.test:3128",
        "https://user:p%40ss@proxy.test:443",
        "socks5://10.0.0.1:1080",
        "socks5h://[::1]:1080",
    ],
)
def test_it_takes_proxies(url: str) -> None:
    assert checked(f" {url}\n") == url


@pytest.mark.parametrize(
    "url",
    [
        "proxy.test:3128",
        "ftp://proxy.test:1",
        "socks4://proxy.test:1080",
        "http://",
        "http://proxy.test",
        "http://:3128",
        "http://proxy.test:0",
        "http://proxy.test:99999",
        "http://planted@proxy.test:1/path",
        "http://planted@proxy.test:1?x",
        "http://planted@proxy.test:1#x",
        "http://planted@proxy test:1",
        "http://пример:1",
        "http://[planted:1",
        "http://" + "x" * 600 + ":1",
    ],
)
def test_it_refuses_anything_else_without_quoting_it(url: str) -> None:
    with pytest.raises(ValueError) as caught:
        checked(url)
    assert "planted" not in f"{caught.value!r} {caught.value.__cause__!r}"


def test_a_slash_at_the_end_does_no_harm() -> None:
    assert checked("http://proxy.test:1/") == "http://proxy.test:1"


def test_people_see_no_password() -> None:
    assert shown("socks5://user:p@ss@proxy.test:1") == "socks5://proxy.test:1"
    assert [shown(url) for url in ("", "direct")] == ["", "direct"]


def test_a_credential_s_own_counts_first() -> None:
    assert chosen("http://own:1", "http://all:1") == "http://own:1"
    assert chosen("", "http://all:1") == "http://all:1"
    assert chosen("direct", "http://all:1") == ""
    assert chosen("", "") == ""
