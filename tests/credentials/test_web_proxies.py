"""Token hosts asked through real proxies on loopback."""

from __future__ import annotations

import gc
from collections.abc import AsyncIterator
from functools import partial

import httpx
import pytest

from credentials.web import Unreachable, Web, client
from tests.support.filehost import FileHost, answer
from tests.support.proxies import Proxy, Socks


@pytest.fixture
async def host() -> AsyncIterator[FileHost]:
    async with FileHost({"/token": answer(b"{}", mime="application/json")}) as host:
        yield host


@pytest.fixture
async def web() -> AsyncIterator[Web]:
    web = Web(partial(client, "potluck/test"))
    yield web
    await web.close()


@pytest.mark.parametrize("kind", [Proxy, Socks])
@pytest.mark.parametrize("password", ["", "planted-password"])
async def test_it_asks_through_the_account_s_proxy(
    web: Web, host: FileHost, kind: type[Proxy], password: str
) -> None:
    async with kind(password) as proxy:
        url = host.url("/token", "oauth.test")
        assert (await web.send("POST", url, form={"a": "b"}, proxy=proxy.url())).status == 200
        assert proxy.asked == [f"oauth.test:{host.port}"]


async def test_the_one_for_all_is_used_unless_an_account_has_its_own(host: FileHost) -> None:
    async with Proxy() as common, Socks() as own:
        web = Web(partial(client, "potluck/test"), proxy=common.url())
        for proxy in ("", own.url(), "direct"):
            await web.send("GET", host.url("/token"), proxy=proxy)
        await web.close()
        assert (len(common.asked), len(own.asked), len(host.heads)) == (1, 1, 3)


@pytest.mark.parametrize("scheme", ["http", "socks5"])
async def test_a_proxy_that_is_not_there_is_told_without_its_password(
    web: Web, host: FileHost, scheme: str
) -> None:
    async with Proxy() as gone:
        pass
    url = f"{scheme}://user:planted-password@127.0.0.1:{gone.port}"
    with pytest.raises(Unreachable) as caught:
        await web.send("GET", host.url("/token"), proxy=url)
    assert "planted" not in f"{caught.value} {caught.value.__cause__!r}"


# httpcore leaves the socket of a refused SOCKS client to the collector.
@pytest.mark.filterwarnings("ignore::ResourceWarning")
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
async def test_a_wrong_password_is_no_answer_of_the_token_host(web: Web, host: FileHost) -> None:
    async with Socks("planted-password") as proxy:
        with pytest.raises(Unreachable):
            await web.send("GET", host.url("/token"), proxy=proxy.url("wrong"))
    gc.collect()
    assert host.heads == []


async def test_clients_that_nobody_uses_are_closed_when_there_are_too_many(
    host: FileHost,
) -> None:
    made: list[httpx.AsyncClient] = []

    def make(proxy: str) -> httpx.AsyncClient:
        made.append(client("potluck/test"))
        return made[-1]

    web = Web(make)
    for port in range(1, 21):
        await web.send("GET", host.url("/token"), proxy=f"http://127.0.0.1:{port}")
    assert [each.is_closed for each in made] == [True] * 4 + [False] * 16
    await web.close()
    assert all(each.is_closed for each in made)
