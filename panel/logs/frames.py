"""Frames of the live log as texts, made once for all who are at one place and want the same."""

from __future__ import annotations

from typing import NamedTuple

from panel.logs.ring import Ring
from panel.logs.wanted import Wanted

_LINES = 500
_BYTES = 262_144
_KEPT = 8


class Frame(NamedTuple):
    """`text` is JSON, "" when there is nothing to say. It comes up to line number `last`; `more`:
    there were others after it."""

    text: str
    last: int
    more: bool


class Frames:
    """`forget` says that there may be new lines. Until then who comes to a place that another was
    at gets what the other got, and does not look for what has come meanwhile."""

    def __init__(self, ring: Ring) -> None:
        self._ring = ring
        self._made: dict[tuple[Wanted, int, int], Frame] = {}

    def forget(self) -> None:
        self._made.clear()

    def next(self, wanted: Wanted, seq: int) -> Frame:
        """The lines after number `seq` that are wanted, as many as a frame holds."""
        # What stands behind a number never changes, but for lines that are cleared away.
        place = (wanted, seq, self._ring.floor)
        frame = self._made.get(place)
        if frame is None:
            if len(self._made) >= _KEPT:
                self._made.clear()
            frame = self._made[place] = self._frame(wanted, seq)
        return frame

    def _frame(self, wanted: Wanted, seq: int) -> Frame:
        ring, size, lines = self._ring, 0, []
        batch = ring.after(seq, _LINES)
        last, skipped = batch.last, batch.missed
        for each in batch.entries:
            skipped += each.lost
            if wanted.takes(ring, each):
                lines.append(ring.json(each))
                size += len(lines[-1])
            if size > _BYTES:
                last = each.seq
                break
        more = last < ring.last
        if not lines and not skipped:
            return Frame("", last, more)
        said = ",".join(lines)
        return Frame(f'{{"lines":[{said}],"skipped":{skipped},"last":{last}}}', last, more)
