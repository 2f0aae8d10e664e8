"""Frames of the live log as texts, made once for all who are at one place and want the same."""

from __future__ import annotations

from panel.logs.ring import Ring
from panel.logs.wanted import Wanted

_LINES = 200
_BYTES = 262_144
_KEPT = 8

Frame = tuple[str, int]
"""JSON, "" when there is nothing to say, and the number of the line that it comes up to."""


class Frames:
    def __init__(self, ring: Ring) -> None:
        self._ring = ring
        self._made: dict[tuple[Wanted, int, int, int], Frame] = {}

    def next(self, wanted: Wanted, seq: int) -> Frame:
        """The lines after number `seq` that are wanted, as many as a frame holds."""
        # What stands behind a number never changes, but for lines that are cleared away.
        place = (wanted, seq, self._ring.last, self._ring.floor)
        frame = self._made.get(place)
        if frame is None:
            if len(self._made) >= _KEPT:
                self._made.clear()
            frame = self._made[place] = self._frame(wanted, seq)
        return frame

    def _frame(self, wanted: Wanted, seq: int) -> Frame:
        ring, size, lines = self._ring, 0, []
        batch = ring.after(seq, _LINES)
        last = batch.last
        for each in batch.entries:
            if wanted.takes(ring, each):
                lines.append(ring.json(each))
                size += len(lines[-1])
            if size > _BYTES:
                last = each.seq
                break
        if not lines and not batch.missed:
            return "", last
        said = ",".join(lines)
        return f'{{"lines":[{said}],"skipped":{batch.missed},"last":{last}}}', last
