"""HTTP answers without I/O: where one ends, and whether it is the one that was asked for."""

from __future__ import annotations

from benchmarks.asks import Ask

_LAST = b"\r\n0\r\n\r\n"


class Malformed(Exception):
    """An answer whose end cannot be known: neither a length nor chunks."""


class Reader:
    """Cuts the bytes of one keep-alive connection into whole answers, one in flight at a time."""

    __slots__ = ("_buffer", "_length", "_open")

    def __init__(self) -> None:
        self._buffer = bytearray()
        self._open = False
        self._length = 0

    def feed(self, data: bytes) -> bytes | None:
        """The whole answer, head included, once its last byte is there. Raises Malformed."""
        self._buffer += data
        if not self._open and not self._read_head():
            return None
        if self._length:
            if len(self._buffer) < self._length:
                return None
        elif not self._buffer.endswith(_LAST):
            return None
        whole = bytes(self._buffer)
        self._buffer.clear()
        self._open = False
        return whole

    def _read_head(self) -> bool:
        end = self._buffer.find(b"\r\n\r\n")
        if end < 0:
            return False
        head = bytes(self._buffer[: end + 2]).lower()
        at = head.find(b"\r\ncontent-length:")
        if at >= 0:
            self._length = end + 4 + int(head[at + 17 : head.find(b"\r\n", at + 2)])
        elif b"\r\ntransfer-encoding: chunked" in head:
            self._length = 0
        else:
            raise Malformed(head.decode("latin-1"))
        self._open = True
        return True


def fault(ask: Ask, answer: bytes) -> str | None:
    """What is wrong with the answer, None when all of it arrived.

    The count is taken on the bytes as they came: only where a proxy cut an event in the middle
    does it have to be put together first.
    """
    if not answer.startswith(b"HTTP/1.1 200"):
        return answer[:600].decode("latin-1")
    if answer.count(ask.marker) == ask.times and ask.end in answer:
        return None
    body = joined(answer)
    found = body.count(ask.marker)
    if found != ask.times:
        return f"{found} of {ask.times} chunks: {body[-300:].decode('latin-1')}"
    return None if ask.end in body else f"no {ask.end!r}: {body[-300:].decode('latin-1')}"


def joined(answer: bytes) -> bytes:
    """The body of a whole answer, its HTTP chunks put together."""
    head, _, body = answer.partition(b"\r\n\r\n")
    if b"transfer-encoding: chunked" not in head.lower():
        return body
    pieces: list[bytes] = []
    while True:
        size, _, body = body.partition(b"\r\n")
        length = int(size.split(b";")[0], 16)
        if not length:
            return b"".join(pieces)
        pieces.append(body[:length])
        body = body[length + 2 :]
