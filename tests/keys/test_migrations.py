"""The migrations, and all that is done on what they make, on every kind of database."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import dj_database_url
import pytest
from django.conf import settings

from tests.settings import POSTGRES, RUN
from tests.support import mariadb


@contextmanager
def sqlite(folder: Path) -> Iterator[str]:
    yield f"sqlite:///{folder / 'voyage.sqlite3'}"


@contextmanager
def postgres(folder: Path) -> Iterator[str]:
    if "postgres" not in settings.DATABASES:
        pytest.skip("no PostgreSQL answers at POTLUCK_TEST_POSTGRES")
    import psycopg

    name = f"{RUN}-voyage"
    found = dj_database_url.parse(POSTGRES)
    with psycopg.connect(POSTGRES, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
        try:
            yield POSTGRES.rpartition("/" + str(found["NAME"]))[0] + "/" + name
        finally:
            connection.execute(f'DROP DATABASE "{name}"')


@contextmanager
def maria(folder: Path) -> Iterator[str]:
    if not mariadb.installed():
        pytest.skip("no MariaDB is installed")
    with mariadb.running(folder) as url:
        yield url


@pytest.mark.parametrize("server", [sqlite, postgres, maria], ids=lambda each: each.__name__)
def test_a_database_is_upgraded_and_lived_in(server: object, tmp_path: Path) -> None:
    assert callable(server)
    (tmp_path / "data").mkdir(mode=0o700)
    with server(tmp_path) as url:
        environment = os.environ | {
            "DATABASE_URL": url,
            "DATA_DIR": str(tmp_path / "data"),
            "DJANGO_SETTINGS_MODULE": "gateway.settings",
        }
        found = subprocess.run(
            [sys.executable, "-W", "error", "-m", "tests.keys.voyage"],
            env=environment,
            capture_output=True,
            text=True,
            timeout=120,
        )
    assert (found.stdout, found.stderr) == ("it adds up\n", "")
