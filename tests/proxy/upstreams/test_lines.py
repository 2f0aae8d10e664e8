"""Ways out: one for each proxy, closed when there are too many that nobody uses."""

from __future__ import annotations

from collections.abc import AsyncIterator

import aiohttp
import pytest

from proxy.upstreams.lines import Lines


@pytest.fixture
async def lines() -> AsyncIterator[Lines]:
    lines = Lines(aiohttp.ClientTimeout(total=1), most=2)
    yield lines
    await lines.close()


async def test_the_same_proxy_is_the_same_line(lines: Lines) -> None:
    assert lines.take("") is lines.take("")
    assert lines.take("http://127.0.0.1:1") is not lines.take("socks5://127.0.0.1:1")


async def test_only_http_needs_to_be_told_of_its_proxy_each_time(lines: Lines) -> None:
    proxies = ["", "http://127.0.0.1:1", "https://127.0.0.1:1", "socks5://127.0.0.1:1"]
    told = [lines.take(proxy).proxy for proxy in proxies]
    assert [str(proxy or "") for proxy in told] == ["", proxies[1], proxies[2], ""]


async def test_idle_ones_are_closed_when_there_are_too_many(lines: Lines) -> None:
    taken = [lines.take(f"http://127.0.0.1:{port}") for port in range(1, 6)]
    for line in taken:
        await lines.give(line)
    assert len(lines) == 2
    assert [line.session.closed for line in taken] == [True, True, True, False, False]


async def test_one_that_is_in_use_is_never_closed(lines: Lines) -> None:
    used = lines.take("http://127.0.0.1:1")
    for port in range(2, 9):
        await lines.give(lines.take(f"http://127.0.0.1:{port}"))
    assert not used.session.closed


async def test_nothing_shows_a_password(lines: Lines) -> None:
    line = lines.take("http://user:planted-password@127.0.0.1:1")
    assert "planted" not in f"{lines!r} {line!r}"
