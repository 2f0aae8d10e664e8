"""A key's allowance of a day: what fits, what is held, what is used. Pure.

A call counts on the row of its key and day, and on the row of the most specific model pattern of
that key, if one matches: the one that `keys.cost` would choose. What it holds, and later what it
is charged or given back, moves the rows of the day on which it was reserved.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import lru_cache

import msgspec

from keys.cost import CostTable
from keys.days import Window
from keys.quota import Limit, Refused

Slot = tuple[int, date, str]
"""Key id, day, pattern; the pattern "" is the row of the whole day."""


class Tally(msgspec.Struct, frozen=True):
    """Units of one row."""

    used: int = 0
    reserved: int = 0


class Rules(msgspec.Struct, frozen=True):
    """What a key may use in a day: `daily` units or any number, and `(pattern, units)` of some
    models."""

    daily: int | None
    models: tuple[tuple[str, int], ...]
    window: Window


class Mark(msgspec.Struct, frozen=True):
    """Where a reservation counts; without a `day` nowhere."""

    day: date | None = None
    pattern: str = ""


UNMARKED = Mark()


class Days:
    """The rows of one batch, between two orders. Keys without rules have none."""

    def __init__(
        self, rules: Mapping[int, Rules] | None = None, rows: Mapping[Slot, Tally] | None = None
    ) -> None:
        self._rules = rules or {}
        self._before = rows or {}
        self._rows = dict(self._before)

    def admit(self, key_id: int, units: int, model: str) -> Mark:
        """Reserves on every row where the call counts, or raises Refused and moves none."""
        rules = self._rules.get(key_id)
        if rules is None:
            return UNMARKED
        day, resets_at = rules.window.day, rules.window.resets_at
        pattern, allowed = _match(rules.models, model)
        limits = [(Limit.DAILY, "", rules.daily)]
        if pattern:
            limits.append((Limit.MODEL_DAILY, pattern, allowed))
        for limit, name, most in limits:
            left = self._left((key_id, day, name), most)
            if left is not None and units > left:
                raise Refused(limit, needed=units, remaining=left, reset_at=resets_at, pattern=name)
        mark = Mark(day, pattern)
        for slot in _slots(key_id, mark):
            row = self._rows.get(slot, Tally())
            self._rows[slot] = Tally(row.used, row.reserved + units)
        return mark

    def settle(self, key_id: int, mark: Mark, *, held: int, charged: int) -> None:
        for slot in _slots(key_id, mark):
            row = self._rows.get(slot, Tally())
            # A row that somebody deleted held nothing; the audit tells of it.
            self._rows[slot] = Tally(row.used + charged, max(row.reserved - held, 0))

    def changed(self) -> dict[Slot, Tally]:
        """The rows that are not as they were."""
        before = self._before
        return {slot: row for slot, row in self._rows.items() if row != before.get(slot)}

    def _left(self, slot: Slot, most: int | None) -> int | None:
        if most is None:
            return None
        row = self._rows.get(slot, Tally())
        # An allowance that was made smaller during the day may be overdrawn already.
        return max(most - row.used - row.reserved, 0)


def applies(models: tuple[tuple[str, int], ...], model: str) -> str:
    """The pattern on whose allowance a call to `model` counts, "" if on none."""
    return _match(models, model)[0]


def _match(models: tuple[tuple[str, int], ...], model: str) -> tuple[str, int]:
    if not models:
        return "", 0
    found = _table(models).explain(model)
    return found.pattern or "", found.units


@lru_cache(maxsize=1024)
def _table(models: tuple[tuple[str, int], ...]) -> CostTable:
    return CostTable(models)


def _slots(key_id: int, mark: Mark) -> list[Slot]:
    if mark.day is None:
        return []
    whole = (key_id, mark.day, "")
    return [whole, (key_id, mark.day, mark.pattern)] if mark.pattern else [whole]
