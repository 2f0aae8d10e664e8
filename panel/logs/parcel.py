"""Lines of one process on their way to those who watch in another. Pure."""

from __future__ import annotations

from typing import NamedTuple

import msgspec

from panel.logs.ring import Line, Ring

MOST = 200
"""Lines of a parcel."""
_BYTES = 262_144
_RUNS = 256


class Parcel(msgspec.Struct, frozen=True):
    """`seq` of its lines counts what that process has said, from 1 and without a gap."""

    run: str
    lines: list[Line]


class Packed(NamedTuple):
    """`data` is None when there is nothing to send. `last`: the number in the ring to go on from;
    `more`: there are lines after it."""

    data: bytes | None
    last: int
    more: bool


_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(Parcel).decode


def pack(ring: Ring, seq: int) -> Packed:
    """What this process itself has said after number `seq`, as much as a parcel holds."""
    batch = ring.after(seq, MOST)
    lines, size, last = [], 0, batch.last
    for entry in batch.entries:
        if entry.own:
            line = ring.line(entry)
            lines.append(msgspec.structs.replace(line, seq=entry.own))
            size += len(line.text)
        if size > _BYTES:
            last = entry.seq
            break
    data = _encode(Parcel(ring.run, lines)) if lines else None
    return Packed(data, last, last < ring.last)


class Inbox:
    """Puts what comes from others into a ring: each line once, and how many did not come."""

    def __init__(self, ring: Ring) -> None:
        self._ring = ring
        self._seen: dict[str, int] = {}

    def take(self, data: str | bytes) -> None:
        """Raises msgspec.DecodeError: another version of the gateway may say it otherwise."""
        parcel = _decode(data)
        if parcel.run == self._ring.run:
            return
        seen = self._seen.pop(parcel.run, None)
        for line in parcel.lines:
            # What may not have arrived is sent once more.
            if seen is None or line.seq > seen:
                lost = 0 if seen is None else line.seq - seen - 1
                self._ring.take(line, lost)
                seen = line.seq
        if seen is not None:
            self._seen[parcel.run] = seen
        while len(self._seen) > _RUNS:
            # The one that has been silent for longest.
            del self._seen[next(iter(self._seen))]

    def forget(self) -> None:
        """What each has said before its next line is not missed."""
        self._seen.clear()
