from __future__ import annotations

import logging
import logging.config
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from gateway import log
from panel.logs.handler import ring

SECRET = "sk-AbCdEfGhIjKlMnOpQrStUvWxYz"


@pytest.fixture
def file(tmp_path: Path) -> Iterator[Path]:
    """Where a process logs that was configured as the gateway is."""
    path = tmp_path / "potluck.log"
    root = logging.getLogger()
    configuration = log.configuration("info", path)
    loggers = [root, *map(logging.getLogger, configuration["loggers"])]
    before = [(each.handlers[:], each.level, each.propagate) for each in loggers]
    del configuration["handlers"]["console"]
    configuration["root"]["handlers"] = ["file"]
    logging.config.dictConfig(configuration)
    yield path
    for handler in root.handlers:
        handler.close()
    for each, (handlers, level, propagate) in zip(loggers, before, strict=True):
        each.handlers, each.propagate = handlers, propagate
        each.setLevel(level)


def lines(file: Path) -> list[str]:
    return file.read_text(encoding="utf-8").splitlines()


def test_a_record_is_one_line_with_its_traceback(file: Path) -> None:
    try:
        int(f"first\nsecond \x1b[2J {SECRET}")
    except ValueError:
        logging.getLogger("potluck.test").exception("it broke")
    (line,) = lines(file)
    assert " ERROR potluck.test it broke\\nTraceback" in line
    assert "\x1b" not in line
    assert SECRET not in line


@pytest.mark.parametrize("name", ["potluck", "uvicorn.error", "django.request", "daphne", "other"])
def test_whoever_speaks_no_secret_gets_through(file: Path, name: str) -> None:
    logging.getLogger(name).error("asked with %s", f"Bearer {SECRET}")
    assert "asked with Bearer […]" in lines(file)[0]


@pytest.mark.parametrize("name", ["uvicorn.access", "uvicorn.error", "httpx"])
def test_servers_and_clients_do_not_chat(file: Path, name: str) -> None:
    logging.getLogger(name).info("GET /v1/models")
    assert not file.exists()


@pytest.mark.parametrize("name", ["uvicorn.error", "daphne"])
def test_no_frame_of_a_websocket_is_logged_at_any_level(name: str) -> None:
    """A live log that shows its own frames never comes to rest."""
    loggers = log.configuration("debug", None)["loggers"]
    assert loggers[name]["level"] == "INFO"


def test_the_live_log_hears_what_the_file_does(file: Path) -> None:
    assert log.configuration("info", file)["root"]["handlers"] == ["console", "live", "file"]
    assert ring.clean(f"asked with {SECRET}\n") == "asked with sk-[…]\\n"


def test_only_the_owner_may_read_the_file(file: Path) -> None:
    logging.getLogger("potluck").warning("hello")
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_a_rotated_file_is_made_anew(file: Path) -> None:
    logging.getLogger("potluck").warning("before")
    file.rename(file.with_suffix(".1"))
    logging.getLogger("potluck").warning("after")
    assert lines(file)[0].endswith("after")


def test_a_link_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "potluck.log").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(OSError):
        log.PrivateFile(str(tmp_path / "potluck.log"))
