"""What a client packs is unpacked, within bounds."""

from __future__ import annotations

import gzip
import zlib

import pytest

from proxy.errors import GatewayError
from proxy.inflate import TooMuch, coding, inflated
from proxy.reasons import Reason

TEXT = b"a body that repeats itself, " * 60_000
BARE = zlib.compressobj(wbits=-15)
PACKED = {
    "gzip": gzip.compress(TEXT),
    "x-gzip": gzip.compress(TEXT),
    "Deflate": zlib.compress(TEXT),
    "deflate": BARE.compress(TEXT) + BARE.flush(),
}


def window(name: str) -> int:
    found = coding(name)
    assert found is not None
    return found


@pytest.mark.parametrize("name", PACKED)
async def test_it_comes_out_as_it_was(name: str) -> None:
    assert await inflated(PACKED[name], window(name), len(TEXT)) == TEXT


@pytest.mark.parametrize("name", PACKED)
async def test_it_stops_at_the_limit(name: str) -> None:
    with pytest.raises(TooMuch):
        await inflated(PACKED[name], window(name), len(TEXT) - 1)


async def test_a_large_body_that_hardly_shrinks_is_read_in_steps() -> None:
    noise = bytes(number * 7919 % 251 for number in range(700_000))
    packed = gzip.compress(noise, compresslevel=0)
    assert await inflated(packed, window("gzip"), len(noise)) == noise


@pytest.mark.parametrize(
    "body",
    [b"", b"plain", PACKED["gzip"][:-9], PACKED["gzip"] + b"more", PACKED["gzip"] * 2],
    ids=["nothing", "not packed", "cut", "followed by bytes", "twice"],
)
async def test_what_is_not_whole_is_the_callers_mistake(body: bytes) -> None:
    with pytest.raises(GatewayError) as caught:
        await inflated(body, window("gzip"), 2 * len(TEXT))
    assert (caught.value.status, caught.value.reason) == (400, Reason.REQUEST_ENCODING)


@pytest.mark.parametrize("name", ["", "identity", " Identity "])
def test_nothing_is_to_unpack(name: str) -> None:
    assert coding(name) is None


@pytest.mark.parametrize("name", ["br", "zstd", "gzip, gzip"])
def test_others_are_told_what_is_read(name: str) -> None:
    with pytest.raises(GatewayError) as caught:
        coding(name)
    assert caught.value.status == 415
    assert caught.value.headers["accept-encoding"] == "gzip, deflate"
