"""Does what is stored add up? Pure; `manage.py audit` feeds it.

The entries of a key add up to its balance in two halves: grants and withdrawals to the total
(an unlimited key's total counts as 0), all other kinds to minus the used units. Open reservations
add up to the reserved units. And nobody is over the total.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

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


class Finding(msgspec.Struct, frozen=True):
    """Something of a key that does not add up."""

    key_id: int
    what: str
    stored: int
    computed: int

    def __str__(self) -> str:
        return f"key {self.key_id}: {self.what} is {self.stored}, but should be {self.computed}"


def check(figures: Iterable[Figures]) -> Iterator[Finding]:
    for key in figures:
        yield from _sums(key)
        yield from _bounds(key)


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
