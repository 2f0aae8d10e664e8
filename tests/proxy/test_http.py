"""Bodies within a limit, and a client that leaves."""

from __future__ import annotations

import asyncio
import gzip
from collections.abc import MutableMapping
from typing import Any

import pytest

from proxy.errors import ErrorKind, GatewayError
from proxy.http import CLOSING, Hangup, Responder, bodiless, headers_of, query_of, read_body


def receiver(*messages: dict[str, Any]) -> Any:
    queue = iter(messages)

    async def receive() -> dict[str, Any]:
        if (message := next(queue, None)) is not None:
            return message
        await asyncio.Event().wait()
        raise AssertionError

    return receive


def part(body: bytes, more: bool = False) -> dict[str, Any]:
    return {"type": "http.request", "body": body, "more_body": more}


async def test_it_joins_the_chunks_of_a_body() -> None:
    receive = receiver(part(b"ab", True), part(b"", True), part(b"c"))
    assert await read_body(receive, {}, 3) == b"abc"


@pytest.mark.parametrize(
    ("messages", "headers"),
    [
        pytest.param([], {"content-length": "4"}, id="announced"),
        pytest.param([part(b"abcd")], {}, id="in one piece"),
        pytest.param([part(b"ab", True), part(b"cd", True)], {}, id="in pieces"),
        pytest.param([], {"content-length": "9" * 5000}, id="an absurd announcement"),
        pytest.param([part(b"ab", True), part(b"cd")], {}, id="with the last piece"),
    ],
)
async def test_it_refuses_a_body_over_the_limit_at_once(
    messages: list[dict[str, Any]], headers: dict[str, str]
) -> None:
    with pytest.raises(GatewayError) as caught:
        await read_body(receiver(*messages), headers, 3)
    assert caught.value.kind is ErrorKind.TOO_LARGE
    more = not messages or messages[-1]["more_body"]
    assert (caught.value.headers is CLOSING) is more


async def test_the_rest_of_a_refused_body_is_read_before_the_answer_ends() -> None:
    receive = receiver(part(b"rest", True), part(b"rest"), part(b"another request"))
    sent: list[Any] = []

    async def send(message: MutableMapping[str, Any]) -> None:
        sent.append(message)

    await Responder(send, "id").refuse(receive, 413, b"too large", [])
    assert [message.get("body") for message in sent] == [None, b"too large", b""]
    assert await receive() == part(b"another request")


async def test_a_compressed_body_is_read_unpacked() -> None:
    packed = gzip.compress(b"abc")
    headers = {"content-encoding": "gzip", "content-length": str(len(packed))}
    assert await read_body(receiver(part(packed)), headers, 99) == b"abc"


async def test_a_body_may_not_grow_over_the_limit() -> None:
    bomb = gzip.compress(bytes(2**20))
    with pytest.raises(GatewayError, match="1500 bytes") as caught:
        await read_body(receiver(part(bomb)), {"content-encoding": "gzip"}, 1500)
    assert caught.value.kind is ErrorKind.TOO_LARGE


async def test_an_unknown_coding_is_refused_by_name() -> None:
    with pytest.raises(GatewayError, match="gzip or deflate") as caught:
        await read_body(receiver(part(b"x")), {"content-encoding": "br"}, 3)
    assert caught.value.status == 415


async def test_the_answer_to_head_has_no_body() -> None:
    sent: list[Any] = []

    async def send(message: MutableMapping[str, Any]) -> None:
        sent.append(message)

    await Responder(bodiless(send), "id").whole(200, b"hello", [])
    assert (b"content-length", b"5") in sent[0]["headers"]
    assert [message.get("body") for message in sent] == [None, b""]


async def test_it_notices_a_client_that_leaves_in_its_body() -> None:
    receive = receiver(part(b"a", True), {"type": "http.disconnect"})
    with pytest.raises(GatewayError) as caught:
        await read_body(receive, {}, 3)
    assert caught.value.kind is ErrorKind.CLIENT_GONE


async def test_a_hangup_cancels_the_request_and_runs_its_finally() -> None:
    ended = []
    async with Hangup(receiver({"type": "http.disconnect"})) as hangup:
        try:
            await asyncio.sleep(30)
        finally:
            ended.append("closed")
    assert hangup.happened
    assert ended == ["closed"]
    task = asyncio.current_task()
    assert task is not None and task.cancelling() == 0


async def test_a_disconnect_after_the_last_byte_is_no_hangup() -> None:
    closed = asyncio.Event()

    async def receive() -> dict[str, Any]:
        await closed.wait()
        return {"type": "http.disconnect"}

    async def send(message: MutableMapping[str, Any]) -> None:
        if message["type"] == "http.response.body":
            closed.set()
            await asyncio.sleep(0.01)

    responder = Responder(send, "id")
    async with Hangup(receive) as hangup:
        responder.hangup = hangup
        await responder.whole(200, b"hello", [])
    assert not hangup.happened


async def test_the_servers_own_cancellation_is_not_swallowed() -> None:
    async def request() -> None:
        async with Hangup(receiver()):
            await asyncio.sleep(30)

    task = asyncio.get_running_loop().create_task(request())
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


def test_it_takes_the_last_of_repeated_headers_and_only_those_it_reads() -> None:
    scope = {"headers": [(b"x-api-key", b"a"), (b"x-api-key", b"b"), (b"user-agent", b"c")]}
    assert headers_of(scope) == {"x-api-key": "b"}


def test_it_reads_the_query() -> None:
    scope = {"query_string": b"alt=sse&key=&$alt=json%3Benum-encoding%3Dint"}
    assert query_of(scope) == {"alt": "sse", "key": "", "$alt": "json;enum-encoding=int"}
