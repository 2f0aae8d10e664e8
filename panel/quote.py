"""What a call by a name costs, read as the gateway reads the name: aliases lead to their model,
and anti-truncation doubles."""

from __future__ import annotations

from dataclasses import dataclass

from keys.cost import CostTable
from panel import bridge
from panel.bridge import NotRunning, Resolution


@dataclass(frozen=True, slots=True)
class Quote:
    """`pattern` is the row of the table that decides, None if the name's family does; `doubled`
    for anti-truncation, which `units` already have in them."""

    units: int
    pattern: str | None
    doubled: bool


def of(table: CostTable, name: str) -> Quote:
    """Of any text. Where no gateway runs, of the name as it is written."""
    try:
        return read(table, bridge.current().resolve(name))
    except NotRunning:
        return read(table, Resolution(name))


def read(table: CostTable, found: Resolution) -> Quote:
    base = found.base or found.name
    doubled = any(what == "anti_truncation" for what, _value in found.variant)
    units = table.of(base, anti_truncation=doubled)
    return Quote(units, table.explain(base).pattern, doubled)
