from __future__ import annotations

import ipaddress
from datetime import time
from pathlib import Path
from typing import Any

import pytest

from gateway import aliases, kinds
from gateway.kinds import Kind
from gateway.table.server import LogLevel

GOOD: list[tuple[str, Kind[Any], object, object]] = [
    ("text", kinds.Text(), "a b", "a b"),
    ("secret", kinds.secret(3), "abc", "abc"),
    ("token", kinds.Token(), "AIza-_.1", "AIza-_.1"),
    ("redis", kinds.Redis(), "rediss://u:p@h/1", "rediss://u:p@h/1"),
    ("zone", kinds.Zone(), "Asia/Shanghai", "Asia/Shanghai"),
    ("clock", kinds.Clock(), "07:30", time(7, 30)),
    ("proxy", kinds.Proxy(), "socks5://u:p@h:1080", "socks5://u:p@h:1080"),
    ("pair", kinds.Pair(), "fast=a=b", ("fast", "a=b")),
    ("aliases", aliases.Aliases(), "便宜=a/b:c, x=y", (("便宜", "a/b:c"), ("x", "y"))),
    ("prose", kinds.Prose(), " one\r\n\r\n二\tb \n", "one\n\n二 b"),
    ("true", kinds.Flag(), " Yes ", True),
    ("off", kinds.Flag(), "off", False),
    ("flag from toml", kinds.Flag(), False, False),
    ("integer", kinds.Integer(0, 9), " 9 ", 9),
    ("integer from toml", kinds.Integer(0, 9), 0, 0),
    ("seconds", kinds.Seconds(0, 10), "1.5", 1.5),
    ("seconds from toml", kinds.Seconds(0, 10), 2, 2.0),
    ("commas and spaces", kinds.Many(kinds.Text(), "-"), "a, b,,c d", ("a", "b", "c", "d")),
    ("once each", kinds.Many(kinds.Text(), "-"), "a,b,a", ("a", "b")),
    ("array from toml", kinds.Many(kinds.Integer(0, 9), "-"), [1, "2"], (1, 2)),
    ("url", kinds.Url(), "https://a.example:8443/v1/", "https://a.example:8443/v1"),
    ("database", kinds.Database(), "postgres://u:p@h/d", "postgres://u:p@h/d"),
    ("path", kinds.File(), "/tmp/x", Path("/tmp/x")),
    ("choice", kinds.Choice(LogLevel), "WARNING", LogLevel.WARNING),
    ("address", kinds.Range(), "10.1.2.3", ipaddress.ip_network("10.1.2.3/32")),
    ("range", kinds.Range(), "10.1.2.3/8", ipaddress.ip_network("10.0.0.0/8")),
]

BAD: list[tuple[str, Kind[Any], object]] = [
    ("control character", kinds.Text(), "a\x1b[31m"),
    ("no text", kinds.Text(), 7),
    ("short secret", kinds.secret(3), "ab"),
    ("no redis", kinds.Redis(), "http://h"),
    ("no zone", kinds.Zone(), "Asia/Nowhere"),
    ("no time", kinds.Clock(), "7"),
    ("no proxy", kinds.Proxy(), "ftp://h:1"),
    ("half a pair", kinds.Pair(), "fast="),
    ("token with a space", kinds.Token(), "a b"),
    ("token in Chinese", kinds.Token(), "a，b"),
    ("empty token", kinds.Token(), ""),
    ("no flag", kinds.Flag(), "perhaps"),
    ("integer as flag", kinds.Flag(), 2),
    ("no number", kinds.Integer(0, 9), "x"),
    ("above", kinds.Integer(0, 9), 10),
    ("flag as integer", kinds.Integer(0, 9), True),
    ("not finite", kinds.Seconds(0, 10), "nan"),
    ("below", kinds.Seconds(1, 10), 0.5),
    ("flag as seconds", kinds.Seconds(0, 10), True),
    ("one bad item", kinds.Many(kinds.Integer(0, 9), "-"), "1,x"),
    ("no list", kinds.Many(kinds.Text(), "-"), 7),
    ("other scheme", kinds.Url(), "ftp://a.example"),
    ("no host", kinds.Url(), "https://"),
    ("user", kinds.Url(), "https://u:p@a.example"),
    ("query", kinds.Url(), "https://a.example?key=1"),
    ("port", kinds.Url(), "https://a.example:99999"),
    ("space", kinds.Url(), "https://a.example/a b"),
    ("unknown database", kinds.Database(), "oracle://h/d"),
    ("no database url", kinds.Database(), "postgres"),
    ("control character", kinds.Prose(), "a\nb\x00"),
    ("number as prose", kinds.Prose(), 7),
    ("alias of itself", aliases.Aliases(), "x=x"),
    ("a loop", aliases.Aliases(), "a=b,b=a"),
    ("alias of an alias", aliases.Aliases(), "a=b,b=c"),
    ("an alias twice", aliases.Aliases(), "a=b,a=c"),
    ("a space in an alias", aliases.Aliases(), ["a b=c"]),
    ("no path", kinds.File(), 7),
    ("no choice", kinds.Choice(LogLevel), "loud"),
    ("number as choice", kinds.Choice(LogLevel), 7),
    ("no address", kinds.Range(), "10.0.0.0/40"),
    ("number as address", kinds.Range(), 7),
]


@pytest.mark.parametrize(("kind", "raw", "value"), [pytest.param(*c[1:], id=c[0]) for c in GOOD])
def test_it_reads(kind: Kind[Any], raw: object, value: object) -> None:
    assert kind.parse(raw) == value


@pytest.mark.parametrize(("kind", "raw"), [pytest.param(*c[1:], id=c[0]) for c in BAD])
def test_it_refuses(kind: Kind[Any], raw: object) -> None:
    with pytest.raises(ValueError):
        kind.parse(raw)


@pytest.mark.parametrize("kind", [case[1] for case in BAD], ids=[case[0] for case in BAD])
def test_every_kind_says_what_it_expects(kind: Kind[Any]) -> None:
    assert kind.expects
