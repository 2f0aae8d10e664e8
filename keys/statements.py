"""How the ledger runs its statements: parameterised SQL for SQLite, PostgreSQL and MySQL.

A template says `{one}` for a value, `{many}` for a list of them, and `{lock}` where rows are
locked.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from functools import cache
from itertools import chain
from typing import Any, Self

from django.db.backends.base.base import BaseDatabaseWrapper

from keys.session import Cursor

Table = tuple[str, tuple[str, ...]]
"""Its name and the columns that are written."""

_CHUNK = 32
"""Rows per statement: with the widest table still under SQLite's oldest bound of 999 values."""


class Overtaken(Exception):
    """A key's quota was changed by somebody who did not hold its lock. Nothing is written."""


class Statements:
    """Runs statements within one transaction."""

    def __init__(self, cursor: Cursor, connection: BaseDatabaseWrapper) -> None:
        self._connection = connection
        self._cursor = cursor
        self._vendor = connection.vendor
        self._time = _utc if _plain(connection) else connection.ops.adapt_datetimefield_value
        self._date = connection.ops.adapt_datefield_value

    @classmethod
    def of(cls, other: Statements) -> Self:
        """Statements of the same transaction."""
        return cls(other._cursor, other._connection)

    def _one(self, template: str, *values: object) -> None:
        self._cursor.execute(_text(template, self._vendor), values)

    def _each(self, template: str, rows: Sequence[Sequence[object]]) -> None:
        self._cursor.executemany(_text(template, self._vendor), rows)

    def _exactly(self, template: str, rows: Sequence[Sequence[object]]) -> None:
        """Runs an UPDATE for each row. Raises Overtaken when one of them found nothing."""
        if rows:
            self._each(template, rows)
            if self._cursor.rowcount != len(rows):
                raise Overtaken(f"{self._cursor.rowcount} of {len(rows)} rows were as locked")

    def _select(self, template: str, *first: object, many: Sequence[object]) -> list[Any]:
        if not many:
            return []
        self._many(template, many, *first)
        return self._cursor.fetchall()

    def _many(self, template: str, values: Sequence[object], *first: object) -> None:
        """Runs a statement with `IN`, padded to a power of two: few texts, few to be parsed."""
        size = 1 << (len(values) - 1).bit_length()
        padding = [values[-1]] * (size - len(values))
        self._cursor.execute(_text(template, self._vendor, size), [*first, *values, *padding])

    def _insert(
        self,
        table: tuple[str, tuple[str, ...]],
        rows: Sequence[Sequence[object]],
        adding: tuple[str, ...] = (),
    ) -> None:
        """Several rows per statement: each step of a statement gives up the interpreter's lock."""
        start = 0
        while start < len(rows):
            size = min(_CHUNK, 1 << (len(rows) - start).bit_length() - 1)
            text = _insertion(*table, adding, self._vendor, size)
            self._cursor.execute(text, list(chain.from_iterable(rows[start : start + size])))
            start += size


@cache
def _text(template: str, vendor: str, size: int = 0) -> str:
    mark = _mark(vendor)
    lock = "" if vendor == "sqlite" else " FOR UPDATE"
    return template.format(one=mark, many=", ".join([mark] * size), lock=lock)


@cache
def _insertion(
    table: str, columns: tuple[str, ...], adding: tuple[str, ...], vendor: str, size: int
) -> str:
    """An INSERT of `size` rows that adds to the columns `adding` of rows that are there already."""
    row = f"({', '.join([_mark(vendor)] * len(columns))})"
    rows = ", ".join([row] * size)
    text = f"INSERT INTO {table} ({', '.join(columns)}) VALUES {rows}"  # noqa: S608 - constants
    if not adding:
        return text
    if vendor == "mysql":
        sums = ", ".join(f"{name} = {name} + VALUES({name})" for name in adding)
        return f"{text} ON DUPLICATE KEY UPDATE {sums}"
    sums = ", ".join(f"{name} = {table}.{name} + excluded.{name}" for name in adding)
    return f"{text} ON CONFLICT (key_id, day, model) DO UPDATE SET {sums}"


def _plain(connection: BaseDatabaseWrapper) -> bool:
    return connection.vendor == "sqlite" and connection.timezone is UTC


def _utc(time: datetime) -> str:
    """What Django stores in SQLite, in a quarter of the time."""
    return time.astimezone(UTC).replace(tzinfo=None).isoformat(" ")


def _mark(vendor: str) -> str:
    return "?" if vendor == "sqlite" else "%s"
