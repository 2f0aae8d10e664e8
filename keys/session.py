"""Transactions on Django's connection, one layer below Django.

The ledger's writer runs a handful of statements per transaction, thousands of times a second.
Django's cursor wrapper, its debug hooks and `atomic()` would cost more than SQLite itself does;
its settings, connection handling and exception classes are still wanted. So the connection is
Django's and the cursor is the driver's.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Sequence
from typing import Any, Protocol, TypeVar

from django.db import DatabaseError, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.utils import Error, InterfaceError, OperationalError

T = TypeVar("T")


class Cursor(Protocol):
    """What is used of a DB-API cursor."""

    @property
    def rowcount(self) -> int: ...
    def execute(self, sql: str, params: Sequence[Any] = (), /) -> object: ...
    def executemany(self, sql: str, params: Sequence[Sequence[Any]], /) -> object: ...
    def fetchall(self) -> list[Any]: ...


class Session:
    """Runs transactions of one thread on the database `using`. Errors are `django.db.Error`s."""

    def __init__(self, using: str) -> None:
        self.using = using
        self.doubtful = False
        """The last transaction failed while it was committed: it may hold nevertheless."""

    def run(self, work: Callable[[Cursor, BaseDatabaseWrapper], T]) -> T:
        """Does `work` in one transaction. A connection that died while idle is replaced once."""
        connection = connections[self.using]
        reused = connection.connection is not None
        try:
            return self._attempt(connection, work)
        except (OperationalError, InterfaceError):
            died = connection.connection is None and connection.vendor != "sqlite"
            if self.doubtful or not (reused and died):
                raise
        return self._attempt(connection, work)

    def close(self) -> None:
        with contextlib.suppress(DatabaseError):
            connections[self.using].close()

    def _attempt(
        self,
        connection: BaseDatabaseWrapper,
        work: Callable[[Cursor, BaseDatabaseWrapper], T],
    ) -> T:
        self.doubtful = False
        connection.ensure_connection()
        try:
            with connection.wrap_database_errors:
                cursor: Cursor = connection.connection.cursor()
                # A deferred transaction that reads first fails at once when another one writes.
                cursor.execute("BEGIN IMMEDIATE" if connection.vendor == "sqlite" else "BEGIN")
                found = work(cursor, connection)
                self.doubtful = True
                cursor.execute("COMMIT")
                self.doubtful = False
        except BaseException:
            self._undo(connection)
            raise
        return found

    def _undo(self, connection: BaseDatabaseWrapper) -> None:
        try:
            with connection.wrap_database_errors:
                connection.connection.cursor().execute("ROLLBACK")
        except Error:
            self.close()
