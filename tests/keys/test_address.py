"""A forwarding header counts only when a trusted proxy sent it."""

from __future__ import annotations

import ipaddress

import pytest

from keys.address import client

TRUSTED = [ipaddress.ip_network("10.0.0.0/8"), ipaddress.ip_network("::1/128")]


@pytest.mark.parametrize(
    ("peer", "forwarded", "expected"),
    [
        pytest.param("203.0.113.9", "", "203.0.113.9", id="direct"),
        pytest.param("203.0.113.9", "127.0.0.1", "203.0.113.9", id="forged by a stranger"),
        pytest.param("10.0.0.1", "203.0.113.9", "203.0.113.9", id="one proxy"),
        pytest.param("10.0.0.1", "1.1.1.1, 203.0.113.9", "203.0.113.9", id="forged left hop"),
        pytest.param("10.0.0.1", "203.0.113.9, 10.0.0.2", "203.0.113.9", id="two proxies"),
        pytest.param("::ffff:10.0.0.1", "203.0.113.9", "203.0.113.9", id="mapped peer"),
        pytest.param("::1", "[2001:db8::1]:443", "2001:db8::1", id="brackets and port"),
        pytest.param("10.0.0.1", "203.0.113.9:5555", "203.0.113.9", id="port"),
        pytest.param("10.0.0.1", "nonsense", "10.0.0.1", id="not an address"),
        pytest.param("10.0.0.1", "10.0.0.3, 10.0.0.2", "10.0.0.3", id="only proxies"),
        pytest.param("", "203.0.113.9", "", id="no peer (unix socket)"),
    ],
)
def test_it_finds_the_client(peer: str, forwarded: str, expected: str) -> None:
    assert client(peer, forwarded, TRUSTED) == expected


def test_it_believes_nobody_without_a_list() -> None:
    assert client("10.0.0.1", "203.0.113.9", []) == "10.0.0.1"
