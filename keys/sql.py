"""The statements of the ledger's writer: parameterised SQL for SQLite, PostgreSQL and MySQL.

Locks are always taken in the same order, so that several processes cannot deadlock: keys by id,
then reservations by request id, then days of usage by their key. Whoever changes a reservation
of a key holds the lock of that key; only its expiry is prolonged without.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from functools import cache
from itertools import chain
from typing import Any

import msgspec
from django.db.backends.base.base import BaseDatabaseWrapper

from keys import records
from keys.plan import Charge, Held, Reserve
from keys.quota import Balance
from keys.records import Day, RequestRecord, Usage
from keys.session import Cursor

_BALANCES = (
    "SELECT id, total_quota, used, reserved FROM keys_apikey WHERE id IN ({many}) ORDER BY id{lock}"
)
_SPEND = (
    "UPDATE keys_apikey SET used = {one}, reserved = {one}"
    " WHERE id = {one} AND used = {one} AND reserved = {one}"
    " AND (total_quota IS NULL OR total_quota >= {one})"
)
_RESERVATIONS = (
    "SELECT request_id, key_id, units FROM keys_reservation"
    " WHERE request_id IN ({many}) ORDER BY request_id{lock}"
)
_OVERDUE = (
    "SELECT request_id, key_id, units FROM keys_reservation"
    " WHERE expires_at <= {one} AND request_id IN ({many}) ORDER BY request_id{lock}"
)
_EXPIRED = (
    "SELECT request_id, key_id FROM keys_reservation"
    " WHERE expires_at <= {one} ORDER BY expires_at LIMIT {one}"
)
_END = "DELETE FROM keys_reservation WHERE request_id IN ({many})"
_PROLONG = "UPDATE keys_reservation SET expires_at = {one} WHERE request_id IN ({many})"

_SUMS = tuple(Usage.__struct_fields__)
_HOLD = ("keys_reservation", ("request_id", "key_id", "units", "owner", "expires_at"))
_ENTER = (
    "keys_ledgerentry",
    ("key_id", "at", "kind", "units", "balance", "request_id", "reason"),
)
_RECORD = ("keys_requestrecord", records.COLUMNS)
_USAGE = ("keys_usageday", ("key_id", "model", "day", *_SUMS))

_CHUNK = 32
"""Rows per statement: with the widest table still under SQLite's oldest bound of 999 values."""


class Overtaken(Exception):
    """A key's quota was changed by somebody who did not hold its lock. Nothing is written."""


class Tables:
    """The ledger's tables within one transaction."""

    def __init__(self, cursor: Cursor, connection: BaseDatabaseWrapper) -> None:
        self._cursor = cursor
        self._vendor = connection.vendor
        self._time = _utc if _plain(connection) else connection.ops.adapt_datetimefield_value
        self._date = connection.ops.adapt_datefield_value

    def balances(self, key_ids: Collection[int]) -> dict[int, Balance]:
        """Locks the keys and reads their balances; unknown keys are left out."""
        found = self._select(_BALANCES, many=sorted(key_ids))
        return {key: Balance(total, used, reserved) for key, total, used, reserved in found}

    def spend(self, before: Mapping[int, Balance], after: Mapping[int, Balance]) -> None:
        """Moves balances from what was read to what was decided. Raises Overtaken."""
        rows = [
            (new.used, new.reserved, key, old.used, old.reserved, new.used + new.reserved)
            for key, new in after.items()
            if (old := before[key]) != new
        ]
        if rows:
            self._cursor.executemany(_text(_SPEND, self._vendor), rows)
            if self._cursor.rowcount != len(rows):
                raise Overtaken(f"{self._cursor.rowcount} of {len(rows)} keys were as locked")

    def reservations(self, request_ids: Collection[str]) -> dict[str, Held]:
        """Locks and reads those reservations that still stand."""
        found = self._select(_RESERVATIONS, many=sorted(request_ids))
        return {request: Held(key, units) for request, key, units in found}

    def overdue(self, request_ids: Collection[str], now: datetime) -> dict[str, Held]:
        """The same, of those that expired by `now`."""
        found = self._select(_OVERDUE, self._time(now), many=sorted(request_ids))
        return {request: Held(key, units) for request, key, units in found}

    def expired(self, now: datetime, limit: int) -> dict[str, int]:
        """Request id → key id of reservations that expired by `now`, without locking them."""
        self._cursor.execute(_text(_EXPIRED, self._vendor), [self._time(now), limit])
        return dict(self._cursor.fetchall())

    def hold(self, orders: Iterable[Reserve], owner: str, until: datetime) -> None:
        expiry = self._time(until)
        self._insert(
            _HOLD, [(each.request_id, each.key_id, each.units, owner, expiry) for each in orders]
        )

    def end(self, request_ids: Sequence[str]) -> None:
        """Deletes reservations that were locked."""
        if request_ids:
            self._many(_END, request_ids)

    def prolong(self, request_ids: Collection[str], until: datetime) -> None:
        """Gives those reservations that still stand a later expiry."""
        if standing := sorted(self.reservations(request_ids)):
            self._many(_PROLONG, standing, self._time(until))

    def enter(self, charges: Iterable[Charge], at: datetime) -> None:
        """Writes one ledger entry for each charge."""
        time = self._time(at)
        rows = [
            (each.key_id, time, "charge", -each.units, each.balance, each.request_id, "")
            for each in charges
        ]
        self._insert(_ENTER, rows)

    def record(self, found: Sequence[RequestRecord], usage: Mapping[Day, Usage]) -> None:
        """Writes request records and adds to the sums of their days."""
        self._insert(_RECORD, [records.row(each, self._time(each.at)) for each in found])
        sums = [
            (key, model, self._date(day), *msgspec.structs.astuple(usage[key, model, day]))
            for key, model, day in sorted(usage)
        ]
        self._insert(_USAGE, sums, adding=_SUMS)

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
