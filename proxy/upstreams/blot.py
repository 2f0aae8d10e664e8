"""Blots a secret out of bytes that come in pieces, wherever they are cut. Pure.

What was read is passed on at once, but for an end that the secret could begin with: most pieces
are whole lines, and no secret holds a line feed.
"""

from __future__ import annotations

_BLOT = b"[credential]"


def whole(data: bytes, secret: bytes) -> bytes:
    """`secret` may be empty: then nothing is one."""
    return data.replace(secret, _BLOT) if secret else data


class Blotter:
    """What `feed` and at last `flush` give is together what `whole` makes of everything."""

    __slots__ = ("_bytes", "_held", "_secret")

    def __init__(self, secret: bytes) -> None:
        self._secret = secret
        self._bytes = frozenset(secret)
        self._held = b""

    def feed(self, data: bytes) -> bytes:
        """May be empty, while it could still become the secret."""
        if self._held:
            data = self._held + data
            self._held = b""
        if not data or data[-1] not in self._bytes:
            return whole(data, self._secret)
        *before, last = data.split(self._secret)
        cut = self._start(last)
        self._held = last[cut:]
        return _BLOT.join([*before, last[:cut]])

    def flush(self) -> bytes:
        """What was held back, and turned out to be something else."""
        held, self._held = self._held, b""
        return held

    def _start(self, data: bytes) -> int:
        """Where the longest end begins that could be the beginning of the secret."""
        first = self._secret[:1]
        at = data.find(first, max(0, len(data) - len(self._secret) + 1))
        while at >= 0 and not self._secret.startswith(data[at:]):
            at = data.find(first, at + 1)
        return len(data) if at < 0 else at
