"""The cost table in memory, for what everybody may ask: one look at its revision each time."""

from __future__ import annotations

from threading import Lock

from keys import stored
from keys.cost import CostTable


class Prices:
    """Called from many threads."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._revision = -1
        self._table = CostTable()

    def table(self) -> CostTable:
        """As it is in the database now."""
        with self._lock:
            found = stored.costs(self._revision)
            if found is not None:
                self._table, self._revision = CostTable(found.rows), found.revision
            return self._table
