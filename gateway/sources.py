"""Reads the sources of the configuration: environment, TOML file, stored settings."""

from __future__ import annotations

import os
import sys
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import NoReturn

from gateway import config
from gateway.config import Config
from gateway.setting import ConfigError

PROJECT = Path(__file__).resolve().parent.parent


def read(stored: Mapping[str, object] | None = None) -> Config:
    """The configuration of this process; raises ConfigError."""
    environ = os.environ
    path = environ.get("POTLUCK_CONFIG", "").strip()
    return config.load(environ, stored or {}, _toml(Path(path).expanduser()) if path else {})


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
