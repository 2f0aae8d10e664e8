"""DATABASE_URL → Django's DATABASES entry. SQLite in DATA_DIR unless another is named."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import Any

import dj_database_url

from gateway.setting import ConfigError

# WAL lets readers go on while one writes. NORMAL keeps the file whole after a power cut, at the
# price of perhaps the last transactions; a crash of the process loses none. What is deleted is
# overwritten, so that a secret that was taken back is gone from the file; it must be on from the
# beginning and for every writer, as each change of a row may leave an older copy in its page.
# Pages that are written anyway are zeroed in memory: a reservation and its settlement take
# as long as without.
_SQLITE = {
    "transaction_mode": "IMMEDIATE",
    "timeout": 20,
    "init_command": (
        "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA secure_delete=ON;"
    ),
}


def configure(url: str, folder: Path) -> dict[str, Any]:
    """Raises ConfigError for a URL that cannot be read or a driver that is not installed."""
    if not url:
        path = folder / "potluck.sqlite3"
        # SQLite gives its journals the mode of the file, so this is enough for all of them.
        if not path.exists():
            path.touch(mode=0o600)
        return _sqlite({"ENGINE": "django.db.backends.sqlite3", "NAME": path})
    scheme = url.partition("://")[0]
    if scheme == "mariadb":
        url = url.replace("mariadb://", "mysql://", 1)
    try:
        found = dict(dj_database_url.parse(url))
    except ValueError:
        raise ConfigError(
            "DATABASE_URL cannot be read; characters like '@' or '/' in a password must be "
            "percent-encoded."
        ) from None
    if scheme == "sqlite":
        return _sqlite(found)
    return _mysql(found) if scheme in {"mysql", "mariadb"} else _postgres(found)


def _sqlite(found: dict[str, Any]) -> dict[str, Any]:
    return found | {"OPTIONS": _SQLITE | found.get("OPTIONS", {})}


def _postgres(found: dict[str, Any]) -> dict[str, Any]:
    _driver("psycopg", "postgres")
    return found


def _mysql(found: dict[str, Any]) -> dict[str, Any]:
    _driver("pymysql", "mysql")
    import pymysql

    # Django knows MySQLdb; PyMySQL speaks in its place and needs no compiler.
    pymysql.install_as_MySQLdb()
    options = {"charset": "utf8mb4", "isolation_level": "read committed"}
    return found | {"OPTIONS": options | found.get("OPTIONS", {})}


def _driver(module: str, extra: str) -> None:
    if importlib.util.find_spec(module) is None:
        raise ConfigError(
            f"DATABASE_URL needs the package {module}: it comes with requirements.lock, or with "
            f"`pip install 'potluck[{extra}]'`."
        )
