"""Bodies that a client has compressed: gzip and deflate, no further than a limit."""

from __future__ import annotations

import asyncio
import zlib

from proxy.errors import ErrorKind, GatewayError
from proxy.reasons import Reason

_STEP = 2**18
"""Bytes that are unpacked before others have their turn."""

_GZIP, _ZLIB, _BARE = 31, 15, -15
_CODINGS = {"gzip": _GZIP, "x-gzip": _GZIP, "deflate": _ZLIB}


class TooMuch(Exception):
    """It unpacks to more than the limit."""


def coding(header: str) -> int | None:
    """How to unpack what `content-encoding` names, None for nothing to unpack. Raises 415."""
    name = header.strip().lower()
    if name in ("", "identity"):
        return None
    if name not in _CODINGS:
        raise GatewayError(
            ErrorKind.INVALID_REQUEST,
            "This gateway reads bodies with the content-encoding gzip or deflate, or with none.",
            status=415,
            reason=Reason.REQUEST_ENCODING,
            headers={"accept-encoding": "gzip, deflate"},
        )
    return _CODINGS[name]


async def inflated(body: bytes, window: int, limit: int) -> bytes:
    """The unpacked body. Raises TooMuch as soon as it is over `limit` bytes, and GatewayError for
    what is not whole, not packed so, or followed by something else."""
    pump = zlib.decompressobj(_bare(body) if window == _ZLIB else window)
    out, tail, fed = bytearray(), b"", 0
    while not pump.eof:
        if not tail:
            tail = body[fed : fed + _STEP]
            fed += len(tail)
        try:
            piece = pump.decompress(tail, min(_STEP, limit + 1 - len(out)))
        except zlib.error as error:
            raise _broken() from error
        out += piece
        if len(out) > limit:
            raise TooMuch
        tail = pump.unconsumed_tail
        if not (piece or tail or fed < len(body) or pump.eof):
            raise _broken()
        await asyncio.sleep(0)
    if pump.unused_data or fed < len(body):
        raise _broken()
    return bytes(out)


def _bare(body: bytes) -> int:
    """Some clients send deflate without the head that its standard wants."""
    head = int.from_bytes(body[:2], "big")
    return _ZLIB if body[:1] and body[0] & 15 == 8 and head % 31 == 0 else _BARE


def _broken() -> GatewayError:
    message = "The request body is not what its content-encoding says, or it is not whole."
    return GatewayError(ErrorKind.INVALID_REQUEST, message, reason=Reason.REQUEST_ENCODING)
