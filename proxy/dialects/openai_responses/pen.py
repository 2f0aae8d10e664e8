"""Writes the events of a stream: each named by its type, numbered without a gap."""

from __future__ import annotations

import msgspec

from proxy.dialects.base import JSON

_encode = msgspec.json.Encoder().encode
_NUMBER = b',"sequence_number":'


class Pen:
    """`mute` writes nothing: a whole answer is made of the same items without their events."""

    def __init__(self, *, mute: bool = False) -> None:
        self.mute = mute
        self._number = 0
        self._out: list[bytes] = []

    def take(self) -> bytes:
        """What has been written since it was last taken."""
        data = b"".join(self._out)
        self._out.clear()
        return data

    def say(self, kind: str, fields: JSON) -> None:
        if not self.mute:
            self.splice(self.head(kind, fields), b"")

    def head(self, kind: str, fields: JSON, last: str = "") -> bytes:
        """The event up to its number, or up to the value of its field `last`."""
        name = kind.encode()
        start = b"event: " + name + b"\ndata: " + _encode({"type": kind, **fields})[:-1]
        return start + b',"' + last.encode() + b'":' if last else start

    def splice(self, head: bytes, value: bytes) -> None:
        """The event that begins with `head`; `value` is the JSON of its last field."""
        number = b"%d}\n\n" % self._number
        self._number += 1
        self._out += (head, value, _NUMBER, number)

    def delta(self, head: bytes, text: str) -> None:
        if not self.mute:
            self.splice(head, _encode(text))
