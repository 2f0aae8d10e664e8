"""The ledger's statements about days. Keys without a daily limit never come here.

The lock of a key is also that of its days.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date

from keys.daily import Slot, Tally
from keys.statements import Statements

_ALLOWANCES = (
    "SELECT key_id, pattern, units FROM keys_keymodelallowance WHERE key_id IN ({many})"
    " ORDER BY key_id, pattern"
)
_ROWS = (
    "SELECT key_id, pattern, used, reserved FROM keys_keyday"
    " WHERE day = {one} AND key_id IN ({many})"
)
_MOVE = (
    "UPDATE keys_keyday SET used = {one}, reserved = {one} WHERE key_id = {one} AND day = {one}"
    " AND pattern = {one} AND used = {one} AND reserved = {one}"
)
_OPEN = ("keys_keyday", ("key_id", "day", "pattern", "used", "reserved"))

Allowances = dict[int, tuple[tuple[str, int], ...]]


class DayRows(Statements):
    """Days of keys that this transaction has locked."""

    def allowances(self, key_ids: Collection[int]) -> Allowances:
        """Of each key the units a day by pattern."""
        found: Allowances = {}
        for key, pattern, units in self._select(_ALLOWANCES, many=sorted(key_ids)):
            found[key] = (*found.get(key, ()), (pattern, units))
        return found

    def read(self, slots: Collection[tuple[int, date]]) -> dict[Slot, Tally]:
        """All rows of these keys on these days: a statement a day, of which there are few."""
        rows: dict[Slot, Tally] = {}
        for day in sorted({day for _, day in slots}):
            keys = sorted({key for key, other in slots if other == day})
            for key, pattern, used, reserved in self._select(_ROWS, self._date(day), many=keys):
                rows[key, day, pattern] = Tally(used, reserved)
        return rows

    def move(self, before: Mapping[Slot, Tally], after: Mapping[Slot, Tally]) -> None:
        """Moves rows from what was read to what was decided. Raises Overtaken."""
        fresh, moved = [], []
        for (key, day, pattern), new in after.items():
            slot = (key, self._date(day), pattern)
            if old := before.get((key, day, pattern)):
                moved.append((new.used, new.reserved, *slot, old.used, old.reserved))
            else:
                fresh.append((*slot, new.used, new.reserved))
        self._exactly(_MOVE, moved)
        self._insert(_OPEN, fresh)
