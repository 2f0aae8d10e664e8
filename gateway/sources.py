"""Reads the sources of the configuration: environment, TOML file, stored settings."""

from __future__ import annotations

import os
import sys
import tomllib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import NoReturn

from gateway import config
from gateway.config import Config
from gateway.setting import ConfigError

PROJECT = Path(__file__).resolve().parent.parent


Reader = Callable[[Mapping[str, object]], Config]
"""From stored settings to the configuration with them; raises ConfigError."""


def read(stored: Mapping[str, object] | None = None) -> Config:
    """The configuration of this process; raises ConfigError."""
    return reader()(stored or {})


def reader() -> Reader:
    """Looks at environment and file once: what a running process takes over later is from the
    database alone. Raises ConfigError for a file that cannot be read."""
    environ = dict(os.environ)
    path = environ.get("POTLUCK_CONFIG", "").strip()
    toml = _toml(Path(path).expanduser()) if path else {}
    return lambda stored: config.load(environ, stored, toml)


def data_dir(current: Config) -> Path:
    """Absolute; the default is beside `manage.py`, wherever the process was started."""
    if current.source("DATA_DIR") is config.Source.DEFAULT:
        return PROJECT / current.data_dir
    return current.data_dir.absolute()


def stop(error: ConfigError) -> NoReturn:
    """Ends the process: what the operator sees of a value that cannot be used."""
    sys.stderr.write(f"potluck: {error}\n")
    raise SystemExit(2)


def _toml(path: Path) -> Mapping[str, object]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ConfigError(f"POTLUCK_CONFIG: {path} cannot be read: {error.strerror}.") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(f"POTLUCK_CONFIG: {path} is not TOML: {error}.") from None
