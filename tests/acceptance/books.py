"""What the database of a running gateway says, read past the gateway's own code."""

from __future__ import annotations

import asyncio
import sqlite3
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from typing import Any, NamedTuple

import psycopg

from tests.support.gateway import Gateway, Key

PATIENCE = 10.0


class Balance(NamedTuple):
    total: int
    used: int
    reserved: int

    @property
    def remaining(self) -> int:
        return self.total - self.used - self.reserved


class Books:
    def __init__(self, gateway: Gateway) -> None:
        self._url = gateway.database

    def balance(self, key: Key) -> Balance:
        """Units of `key`."""
        sql = "SELECT total_quota, used, reserved FROM keys_apikey WHERE id = %s"
        return Balance(*self.query(sql, key.id)[0])

    def charges(self, key: Key) -> list[tuple[str, int]]:
        """(request id, units) of every charge; the ledger writes them as what the key loses."""
        sql = (
            "SELECT request_id, -units FROM keys_ledgerentry WHERE key_id = %s AND kind = 'charge'"
        )
        return [(str(row[0]), int(row[1])) for row in self.query(sql, key.id)]

    def reservations(self) -> int:
        return int(self.query("SELECT count(*) FROM keys_reservation")[0][0])

    def expire(self) -> None:
        """As if two minutes had gone by since the server died."""
        self.query("UPDATE keys_reservation SET expires_at = '2026-01-01 00:00:00+00:00'")

    def query(self, sql: str, *values: Any) -> Sequence[Sequence[Any]]:
        if self._url.startswith("sqlite:///"):
            path = self._url.removeprefix("sqlite:///")
            with closing(sqlite3.connect(path, timeout=10)) as connection, connection:
                return connection.execute(sql.replace("%s", "?"), values).fetchall()
        with psycopg.connect(self._url) as server:
            cursor = server.execute(sql.encode(), values)
            return cursor.fetchall() if cursor.description else []

    async def settled(self, key: Key) -> Balance:
        """The balance once no unit is reserved any more: settlements are not waited for."""
        await until(lambda: self.balance(key).reserved == 0)
        return self.balance(key)


async def until(condition: Callable[[], bool], patience: float = PATIENCE) -> None:
    """Waits for what another process does; fails after `patience` seconds."""
    deadline = time.monotonic() + patience
    while not condition():
        assert time.monotonic() < deadline, "it did not come true in time"
        await asyncio.sleep(0.01)
