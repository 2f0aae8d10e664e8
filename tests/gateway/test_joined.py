from __future__ import annotations

import asyncio
from typing import cast

import pytest

from gateway.joined import Joined

HEAD = b"HTTP/1.1 200 OK\r\n\r\n"


class Noting:
    """A transport that remembers each write."""

    def __init__(self) -> None:
        self.written: list[bytes] = []

    def write(self, data: bytes) -> None:
        self.written.append(data)

    def close(self) -> None:
        self.written.append(b"(closed)")

    def is_closing(self) -> bool:
        return b"(closed)" in self.written


@pytest.fixture
def transport() -> Noting:
    return Noting()


@pytest.fixture
async def joined(transport: Noting) -> Joined:
    return Joined(cast(asyncio.Transport, transport), asyncio.get_running_loop())


async def test_a_head_leaves_with_the_beginning_of_its_body(
    joined: Joined, transport: Noting
) -> None:
    for data in (HEAD, b"one", b"two"):
        joined.write(data)
    await asyncio.sleep(0)
    assert transport.written == [HEAD + b"one", b"two"]


async def test_a_head_without_a_body_waits_for_one_turn_of_the_loop(
    joined: Joined, transport: Noting
) -> None:
    joined.write(HEAD)
    assert not transport.written
    await asyncio.sleep(0)
    assert transport.written == [HEAD]
    joined.write(b"late")
    assert transport.written == [HEAD, b"late"]


async def test_a_client_that_waits_to_send_its_body_is_told_at_once(
    joined: Joined, transport: Noting
) -> None:
    told = b"HTTP/1.1 100 Continue\r\n\r\n"
    joined.write(told)
    assert transport.written == [told]
    joined.write(HEAD)
    joined.write(b"body")
    assert transport.written == [told, HEAD + b"body"]


async def test_what_is_closed_has_sent_its_head(joined: Joined, transport: Noting) -> None:
    joined.write(HEAD)
    joined.close()
    assert transport.written == [HEAD, b"(closed)"]
    assert joined.is_closing()
