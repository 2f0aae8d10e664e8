"""Django's settings for tests: a SQLite file of this run, and PostgreSQL where one answers."""

from __future__ import annotations

import os
import socket
import tempfile
from pathlib import Path
from typing import Any

import dj_database_url
from django.db.backends.signals import connection_created

SECRET_KEY = "only for tests"
POTLUCK_PEPPER = b"only for tests"
POTLUCK_VAULT_KEYS = [b"b25seSBmb3IgdGVzdHMsIG5vdCBmb3Igc2VjcmV0cyE="]
USE_TZ = True
TIME_ZONE = "UTC"
INSTALLED_APPS = ["gateway", "keys", "credentials", "panel"]
# Views ask for it when they are imported, before a test can say what else is set.
REST_FRAMEWORK = {"DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema"}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# Several helpers and CI jobs may run at once: a run's databases carry its process id.
RUN = f"potluck-{os.getpid()}"

POSTGRES = os.environ.get("POTLUCK_TEST_POSTGRES", "postgres://postgres@127.0.0.1:5432/test")


def _sqlite() -> dict[str, Any]:
    path = str(Path(tempfile.gettempdir()) / f"{RUN}.sqlite3")
    # A file, not memory: several threads and processes open it.
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": path,
        "OPTIONS": {"timeout": 20},
        "TEST": {"NAME": path},
    }


def _postgres() -> dict[str, Any] | None:
    """None when no server answers; tests that need it are then skipped."""
    if not POSTGRES:
        return None
    config: dict[str, Any] = {**dj_database_url.parse(POSTGRES)}
    try:
        socket.create_connection((str(config["HOST"]), int(config["PORT"] or 5432)), 0.5).close()
    except OSError:
        return None
    return config | {"TEST": {"NAME": f"test_{RUN}"}}


DATABASES = {
    alias: config
    for alias, config in (("default", _sqlite()), ("postgres", _postgres()))
    if config is not None
}


def _pragmas(connection: Any, **_: Any) -> None:
    if connection.vendor == "sqlite":
        connection.cursor().execute("PRAGMA journal_mode = WAL")
        connection.cursor().execute("PRAGMA synchronous = NORMAL")


connection_created.connect(_pragmas)
