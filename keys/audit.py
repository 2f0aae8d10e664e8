"""Does what is stored add up? Pure; `manage.py audit` feeds it.

The entries of a key add up to its balance in two halves: grants and withdrawals to the total
(an unlimited key's total counts as 0), all other kinds but renewals to minus the used units. Open
reservations add up to the reserved units. And nobody is over the total.

The entries that name a day, renewals too, add up to minus what its row says is used, and open
reservations that name it to what is reserved.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date

import msgspec


class Figures(msgspec.Struct, frozen=True):
    """One key: three columns, and three sums of signed units from the rows they must agree with:
    `granted` over grants and withdrawals, `moved` over the other entries, `held` over open
    reservations."""

    key_id: int
    total: int | None
    used: int
    reserved: int
    granted: int
    moved: int
    held: int


class DayFigures(msgspec.Struct, frozen=True):
    """One row of a day: what it says, and the sums of signed units that it must agree with."""

    key_id: int
    day: date
    pattern: str
    used: int
    reserved: int
    moved: int
    held: int


class Finding(msgspec.Struct, frozen=True):
    """Something of a key that does not add up; `where` is its day and pattern, if it is of one."""

    key_id: int
    what: str
    stored: int
    computed: int
    where: str = ""

    def __str__(self) -> str:
        where = f" on {self.where}" if self.where else ""
        return (
            f"key {self.key_id}{where}: {self.what} is {self.stored}, but should be {self.computed}"
        )


def check(figures: Iterable[Figures]) -> Iterator[Finding]:
    for key in figures:
        yield from _sums(key)
        yield from _bounds(key)


def check_days(figures: Iterable[DayFigures]) -> Iterator[Finding]:
    for row in figures:
        where = f"{row.day} {row.pattern}".rstrip()
        if row.used != -row.moved:
            yield Finding(row.key_id, "the used units", row.used, -row.moved, where)
        if row.reserved != row.held:
            yield Finding(row.key_id, "the reserved units", row.reserved, row.held, where)


def _sums(key: Figures) -> Iterator[Finding]:
    for what, stored, computed in (
        ("the total quota", key.total or 0, key.granted),
        ("the used units", key.used, -key.moved),
        ("the reserved units", key.reserved, key.held),
    ):
        if stored != computed:
            yield Finding(key.key_id, what, stored, computed)


def _bounds(key: Figures) -> Iterator[Finding]:
    if key.total is not None and key.used + key.reserved > key.total:
        yield Finding(key.key_id, "what remains", key.total - key.used - key.reserved, 0)
