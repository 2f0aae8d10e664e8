"""The statements of the ledger's writer: parameterised SQL for SQLite, PostgreSQL and MySQL.

Locks are always taken in the same order, so that several processes cannot deadlock: the revision
of the keys (where it is raised at all), keys by id, then reservations by request id, then days of
usage by their key. Whoever changes a reservation or a day of a key holds the lock of that key;
only a reservation's expiry is prolonged without.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

import msgspec

from keys import records
from keys.daily import Mark
from keys.plan import Charge, Held
from keys.quota import Balance
from keys.records import Day, RequestRecord, Usage
from keys.statements import Statements, Table

_BALANCES = (
    "SELECT id, total_quota, used, reserved,"
    " first_used_at IS NULL OR daily_quota IS NOT NULL OR model_daily"
    " FROM keys_apikey WHERE id IN ({many}) ORDER BY id{lock}"
)
_ACCOUNTS = (
    "SELECT id, daily_quota, model_daily, time_zone, first_used_at IS NULL, days_from_first_use"
    " FROM keys_apikey WHERE id IN ({many})"
)
_SPEND = (
    "UPDATE keys_apikey SET used = {one}, reserved = {one}"
    " WHERE id = {one} AND used = {one} AND reserved = {one}"
    " AND (total_quota IS NULL OR total_quota >= {one})"
)
_RESERVATIONS = (
    "SELECT request_id, key_id, units, day, pattern FROM keys_reservation"
    " WHERE request_id IN ({many}) ORDER BY request_id{lock}"
)
_OVERDUE = (
    "SELECT request_id, key_id, units, day, pattern FROM keys_reservation"
    " WHERE expires_at <= {one} AND request_id IN ({many}) ORDER BY request_id{lock}"
)
_EXPIRED = (
    "SELECT request_id, key_id FROM keys_reservation"
    " WHERE expires_at <= {one} ORDER BY expires_at LIMIT {one}"
)
_END = "DELETE FROM keys_reservation WHERE request_id IN ({many})"
_PROLONG = "UPDATE keys_reservation SET expires_at = {one} WHERE request_id IN ({many})"

_REVISE = "UPDATE keys_revision SET value = value + 1 WHERE name = {one}"
_REVISION = "SELECT value FROM keys_revision WHERE name = {one}"
_START = "UPDATE keys_apikey SET first_used_at = {one} WHERE id IN ({many})"
_EXPIRE = (
    "UPDATE keys_apikey SET first_used_at = {one}, expires_at = {one}, revision = {one}"
    " WHERE id = {one}"
)

_SUMS = tuple(Usage.__struct_fields__)
_MARK = ("day", "pattern")
_HOLD = ("keys_reservation", ("request_id", "key_id", "units", "owner", "expires_at"))
_ENTER = (
    "keys_ledgerentry",
    ("key_id", "at", "kind", "units", "balance", "request_id", "reason"),
)
_RECORD = ("keys_requestrecord", records.COLUMNS)
_USAGE = ("keys_usageday", ("key_id", "model", "day", *_SUMS))


class Account(msgspec.Struct, frozen=True, gc=False):
    """What else there is to know of a key that is new or has daily limits. `model_daily` says
    that allowances of models are stored, `fresh` that it was never used."""

    daily: int | None
    model_daily: bool
    zone: str
    fresh: bool
    days_from_first_use: int | None


class Tables(Statements):
    """The ledger's tables within one transaction."""

    def balances(self, key_ids: Collection[int]) -> tuple[dict[int, Balance], list[int]]:
        """Locks the keys and reads their balances; unknown keys are left out.

        Also the ids of those that have an Account worth to be read; most have not.
        """
        found = self._select(_BALANCES, many=sorted(key_ids))
        balances = {key: Balance(total, used, held) for key, total, used, held, _ in found}
        return balances, [row[0] for row in found if row[4]]

    def accounts(self, key_ids: Sequence[int]) -> dict[int, Account]:
        """Of keys that are locked."""
        return {row[0]: Account(*row[1:]) for row in self._select(_ACCOUNTS, many=key_ids)}

    def spend(self, before: Mapping[int, Balance], after: Mapping[int, Balance]) -> None:
        """Moves balances from what was read to what was decided. Raises Overtaken."""
        rows = [
            (new.used, new.reserved, key, old.used, old.reserved, new.used + new.reserved)
            for key, new in after.items()
            if (old := before[key]) != new
        ]
        self._exactly(_SPEND, rows)

    def reservations(self, request_ids: Collection[str]) -> dict[str, Held]:
        """Locks and reads those reservations that still stand."""
        found = self._select(_RESERVATIONS, many=sorted(request_ids))
        return _held(found)

    def overdue(self, request_ids: Collection[str], now: datetime) -> dict[str, Held]:
        """The same, of those that expired by `now`."""
        found = self._select(_OVERDUE, self._time(now), many=sorted(request_ids))
        return _held(found)

    def expired(self, now: datetime, limit: int) -> dict[str, int]:
        """Request id → key id of reservations that expired by `now`, without locking them."""
        self._one(_EXPIRED, self._time(now), limit)
        return dict(self._cursor.fetchall())

    def hold(
        self, opened: Mapping[str, Held], owner: str, until: datetime, *, marked: bool
    ) -> None:
        """Writes reservations. Without `marked`, none of them counts on a day."""
        expiry = self._time(until)
        rows: list[tuple[object, ...]] = [
            (request, each.key_id, each.units, owner, expiry) for request, each in opened.items()
        ]
        if marked:
            self._insert_marked(_HOLD, rows, [each.mark for each in opened.values()])
        else:
            self._insert(_HOLD, rows)

    def end(self, request_ids: Sequence[str]) -> None:
        """Deletes reservations that were locked."""
        if request_ids:
            self._many(_END, request_ids)

    def prolong(self, request_ids: Collection[str], until: datetime) -> None:
        """Gives those reservations that still stand a later expiry."""
        if standing := sorted(self.reservations(request_ids)):
            self._many(_PROLONG, standing, self._time(until))

    def enter(self, charges: Sequence[Charge], at: datetime, *, marked: bool) -> None:
        """Writes one ledger entry for each charge. Without `marked`, none counts on a day."""
        time = self._time(at)
        rows: list[tuple[object, ...]] = [
            (each.key_id, time, "charge", -each.units, each.balance, each.request_id, "")
            for each in charges
        ]
        if marked:
            self._insert_marked(_ENTER, rows, [each.mark for each in charges])
        else:
            self._insert(_ENTER, rows)

    def record(self, found: Sequence[RequestRecord], usage: Mapping[Day, Usage]) -> None:
        """Writes request records and adds to the sums of their days."""
        self._insert(_RECORD, [records.row(each, self._time(each.at)) for each in found])
        sums = [
            (key, model, self._date(day), *msgspec.structs.astuple(usage[key, model, day]))
            for key, model, day in sorted(usage)
        ]
        self._insert(_USAGE, sums, adding=_SUMS)

    def revise(self, name: str) -> int:
        """Raises a revision and locks it; its new value."""
        self._one(_REVISE, name)
        self._one(_REVISION, name)
        found = self._cursor.fetchall()
        return int(found[0][0]) if found else 0

    def start(self, key_ids: Collection[int], at: datetime) -> None:
        """Notes the first use of keys."""
        if key_ids:
            self._many(_START, sorted(key_ids), self._time(at))

    def expire(self, after: Mapping[int, timedelta], at: datetime, revision: int) -> None:
        """The same of keys that expire some time after it."""
        time = self._time(at)
        rows = [(time, self._time(at + after[key]), revision, key) for key in sorted(after)]
        self._each(_EXPIRE, rows)

    def _insert_marked(
        self, table: Table, rows: list[tuple[object, ...]], marks: Sequence[Mark]
    ) -> None:
        marked = [(*row, *self._mark(mark)) for row, mark in zip(rows, marks, strict=True)]
        self._insert((table[0], table[1] + _MARK), marked)

    def _mark(self, mark: Mark) -> tuple[object, str]:
        return (None if mark.day is None else self._date(mark.day)), mark.pattern


def _held(found: Sequence[tuple[Any, ...]]) -> dict[str, Held]:
    return {
        request: Held(key, units)
        if day is None
        else Held(key, units, Mark(date.fromisoformat(str(day)), pattern))
        for request, key, units, day, pattern in found
    }
