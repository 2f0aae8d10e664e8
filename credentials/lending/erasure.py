"""What was deleted leaves the files of the database, as far as that is in our hands.

SQLite overwrites with zeros what is deleted (`secure_delete`, see gateway/databases.py), but older
pages stay in its journal until that is written back and cut off, which is done here. PostgreSQL
and MySQL keep old rows until they vacuum or purge them, and backups keep them for as long as they
are kept: everywhere only as sealed text, which is worth nothing without a key of the vault.
"""

from __future__ import annotations

import logging

from django.db import DatabaseError, connections

log = logging.getLogger(__name__)

_PATIENCE = 500
"""Milliseconds. Whoever reads at this moment may go on; the next call tries again."""


def flush(using: str = "default") -> bool:
    """Whether the journal is empty now. Never raises; does nothing within a transaction."""
    connection = connections[using]
    if connection.vendor != "sqlite":
        return True
    if connection.in_atomic_block:
        return False
    try:
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA busy_timeout")
            (usual,) = cursor.fetchone()
            cursor.execute(f"PRAGMA busy_timeout = {_PATIENCE}")
            try:
                cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
                (busy, *_) = cursor.fetchone()
            finally:
                cursor.execute(f"PRAGMA busy_timeout = {int(usual)}")
    except DatabaseError:
        log.warning("The journal of the database could not be cut off; will try again.")
        return False
    return not busy
