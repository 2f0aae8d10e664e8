"""Signatures as opaque as the real ones, yet checkable by any simulator: no memory is needed."""

from __future__ import annotations

import base64
import hashlib

from gateway.simulator.question import unbase64

# Every signature holds both `+` and `/`: whoever mistakes the base64 alphabet is found out.
_HEAD = b"\x12\x0fA\xfb\xef\xbe\xff\xff\xff"
_CHECK = 8


def sign(seed: str) -> str:
    """Standard base64, about 200 characters."""
    body = (
        _HEAD
        + hashlib.sha512(seed.encode()).digest()
        + hashlib.sha512(seed[::-1].encode()).digest()
    )
    return base64.b64encode(body + _check(body)).decode()


def genuine(signature: str) -> bool:
    """Whether it is one of ours, unaltered, in either base64 alphabet."""
    try:
        raw = unbase64(signature)
    except ValueError:
        return False
    return raw.startswith(_HEAD) and raw[-_CHECK:] == _check(raw[:-_CHECK])


def _check(body: bytes) -> bytes:
    return hashlib.sha256(b"simulator" + body).digest()[:_CHECK]
