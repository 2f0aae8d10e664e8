from __future__ import annotations

import sqlite3
import stat
from pathlib import Path

import pytest

from gateway import databases
from gateway.setting import ConfigError


def test_without_a_url_it_is_a_file_among_the_data(tmp_path: Path) -> None:
    found = databases.configure("", tmp_path)
    assert found["NAME"] == tmp_path / "potluck.sqlite3"
    assert found["OPTIONS"]["transaction_mode"] == "IMMEDIATE"


def test_only_the_owner_may_read_it(tmp_path: Path) -> None:
    databases.configure("", tmp_path)
    assert stat.S_IMODE((tmp_path / "potluck.sqlite3").stat().st_mode) == 0o600


@pytest.mark.parametrize("url", ["", "sqlite:///{folder}/other.sqlite3"])
def test_every_sqlite_file_has_a_write_ahead_log(tmp_path: Path, url: str) -> None:
    found = databases.configure(url.format(folder=tmp_path), tmp_path)
    opened = sqlite3.connect(found["NAME"])
    opened.executescript(found["OPTIONS"]["init_command"])
    assert opened.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    assert opened.execute("PRAGMA synchronous").fetchone() == (1,)
    opened.close()


@pytest.mark.parametrize(
    ("url", "engine"),
    [
        ("postgres://u:p@h:5432/d", "django.db.backends.postgresql"),
        ("postgresql://u:p@h/d", "django.db.backends.postgresql"),
        ("mysql://u:p@h/d", "django.db.backends.mysql"),
        ("mariadb://u:p@h/d", "django.db.backends.mysql"),
    ],
)
def test_a_url_names_the_engine(tmp_path: Path, url: str, engine: str) -> None:
    found = databases.configure(url, tmp_path)
    assert (found["ENGINE"], found["HOST"], found["NAME"]) == (engine, "h", "d")


def test_options_of_the_url_win(tmp_path: Path) -> None:
    found = databases.configure("mysql://u:p@h/d?charset=latin1", tmp_path)
    assert found["OPTIONS"]["charset"] == "latin1"


def test_a_url_that_cannot_be_read_does_not_show_its_password(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="percent-encoded") as caught:
        databases.configure("postgres://u:hunter2@h:port/d", tmp_path)
    assert "hunter2" not in str(caught.value)
