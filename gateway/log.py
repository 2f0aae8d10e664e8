"""How the gateway logs: one line a record, no control characters, no secrets."""

from __future__ import annotations

import io
import logging
import logging.handlers
import os
import time
from pathlib import Path
from typing import Any

from gateway.redact import escape, redact
from gateway.setting import ConfigError

_SIGNERS = ("boto3", "botocore", "s3transfer", "urllib3")


class Line(logging.Formatter):
    """`2026-01-31T12:00:00.123Z INFO logger message`, the traceback on the same line."""

    converter = staticmethod(time.gmtime)

    def __init__(self) -> None:
        super().__init__("%(asctime)s.%(msecs)03dZ %(levelname)s %(name)s %(message)s")
        self.datefmt = "%Y-%m-%dT%H:%M:%S"

    def format(self, record: logging.LogRecord) -> str:
        return clean(super().format(record))


def clean(text: str) -> str:
    """`text` on one line, with no secret and no control character."""
    return escape(redact(text))


class PrivateFile(logging.handlers.WatchedFileHandler):
    """Appends to a file that only its owner may read, and reopens it when it was rotated."""

    def _open(self) -> io.TextIOWrapper:
        flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0)
        handle = os.open(self.baseFilename, flags, 0o600)
        return open(handle, "a", encoding="utf-8")  # noqa: PTH123 - opened by descriptor


def writable(file: Path | None) -> None:
    """Raises ConfigError for a LOG_FILE that lines would be lost in."""
    try:
        if file is not None:
            PrivateFile(str(file)).close()
    except OSError as error:
        raise ConfigError(f"LOG_FILE: {file} cannot be written: {error.strerror}.") from None


def configuration(level: str, file: Path | None) -> dict[str, Any]:
    """For Django's LOGGING. Servers and libraries speak through the same handlers."""
    handlers: dict[str, Any] = {
        "console": {"class": "logging.StreamHandler", "formatter": "line"},
        # The last lines in memory, for the console's live log.
        "live": {"()": "panel.logs.handler.Tail", "clean": "ext://gateway.log.clean"},
    }
    if file is not None:
        handlers["file"] = {
            "class": "gateway.log.PrivateFile",
            "filename": str(file),
            "delay": True,
            "formatter": "line",
        }
    through_root = {"handlers": [], "propagate": True}
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"line": {"()": "gateway.log.Line"}},
        "handlers": handlers,
        "root": {"handlers": list(handlers), "level": level.upper()},
        "loggers": {
            "django": through_root,
            # A browser's or robot's wrong address is no event; an exception is.
            "django.request": through_root | {"level": "ERROR"},
            "django.server": through_root,
            # It would log every URL that it asks.
            "httpx": through_root | {"level": "WARNING"},
            # They would log signed headers.
            **{name: through_root | {"level": "WARNING"} for name in _SIGNERS},
            "uvicorn": through_root,
            # The gateway keeps its own record of requests, without addresses and query strings.
            # Without a handler uvicorn does not even put the line together.
            "uvicorn.access": {"handlers": [], "propagate": False},
            "uvicorn.error": through_root | {"level": _quieter(level)},
            "daphne": through_root | {"level": _quieter(level)},
        },
    }


def _quieter(level: str) -> str:
    """A server's "started process", "waiting for application" is of interest when debugging. One
    level lower it tells of each frame of a websocket: a live log that shows its own frames would
    never come to rest."""
    return {"info": "WARNING", "debug": "INFO"}.get(level, level.upper())
