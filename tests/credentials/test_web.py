"""HTTP of the control plane, over real sockets."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Callable
from functools import partial

import httpx
import pytest

from credentials.web import Unreachable, Web, client
from tests.support.simulator import Upstream, simulated, upstream

__all__ = ["simulated", "upstream"]

FORM = {"grant_type": "refresh_token", "refresh_token": "planted-refresh", "client_id": "c"}


@pytest.fixture
async def web() -> AsyncIterator[Web]:
    found = Web(partial(client, "potluck/test"))
    yield found
    await found.close()


def answering(answer: Callable[[httpx.Request], httpx.Response]) -> Web:
    return Web(lambda proxy: httpx.AsyncClient(transport=httpx.MockTransport(answer)))


async def test_it_sends_a_form_and_names_the_gateway(web: Web, upstream: Upstream) -> None:
    answer = await web.send("POST", f"{upstream.base}/oauth/token", form=FORM)
    assert answer.status == 200
    assert b"access_token" in answer.body
    assert upstream.last.headers["user-agent"] == "potluck/test"
    assert upstream.last.headers["content-type"] == "application/x-www-form-urlencoded"
    assert upstream.last.path == "/oauth/token"


async def test_no_answer_in_time(upstream: Upstream) -> None:
    upstream.fail("planted-refresh", "hang")
    web = Web(partial(client, "potluck/test"), total=0.05)
    with pytest.raises(Unreachable, match="in time"):
        await web.send("POST", f"{upstream.base}/oauth/token", form=FORM)
    await web.close()


@pytest.mark.parametrize("behaviour", ["cut", "cut-early"])
async def test_half_an_answer_is_none(web: Web, upstream: Upstream, behaviour: str) -> None:
    upstream.fail("planted-refresh", behaviour)
    with pytest.raises(Unreachable):
        await web.send("POST", f"{upstream.base}/oauth/token", form=FORM)


async def test_redirects_are_not_followed() -> None:
    asked = []

    def away(request: httpx.Request) -> httpx.Response:
        asked.append(request.url.host)
        return httpx.Response(307, headers={"location": "https://evil.example"})

    answer = await answering(away).send("POST", "https://good.example/token", form=FORM)
    assert (answer.status, asked) == (307, ["good.example"])


async def test_an_answer_without_end_is_given_up() -> None:
    web = answering(lambda request: httpx.Response(200, content=b"x" * 300_000))
    with pytest.raises(Unreachable, match="too much"):
        await web.send("GET", "https://good.example/")


async def test_nobody_hears_what_was_sent(caplog: pytest.LogCaptureFixture) -> None:
    web = Web(partial(client, "potluck/test"))
    with caplog.at_level(logging.DEBUG), pytest.raises(Unreachable) as caught:
        await web.send(
            "POST",
            "http://127.0.0.1:1/token",
            form=FORM,
            headers={"authorization": "Bearer planted-access"},
        )
    await web.close()
    assert caught.value.__cause__ is None
    assert "planted" not in f"{caught.value!r} {caught.value} {caplog.text}"
