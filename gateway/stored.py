"""Settings in the database: changed by the administrator, weaker than the environment."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from functools import partial

from django.db import transaction
from django.dispatch import Signal

from gateway import sources
from gateway.config import BY_NAME, Config
from gateway.models import StoredSetting
from gateway.setting import ConfigError
from keys.stored import reading

SETTINGS = "settings"

changed = Signal()
"""Sent with the `topic` SETTINGS once a change is committed, on the thread that made it."""


def rows() -> dict[str, object]:
    """What is stored, by name. There are too few to look for changes in a cleverer way."""
    return reading("default", _rows)


def current() -> Config:
    """The configuration of this process with what is stored now; raises ConfigError."""
    return sources.read(rows())


def dates() -> dict[str, datetime]:
    """When each was stored."""
    return dict(StoredSetting.objects.values_list("name", "changed_at"))


def save(name: str, value: object) -> None:
    """Raises ConfigError for a name that cannot be stored or a value that is not of its kind."""
    setting = BY_NAME.get(name)
    if setting is None or not setting.storable:
        raise ConfigError(f"{name} cannot be stored; set it in the environment.")
    setting.parse(value, name, "(stored setting)")
    write({name: value})


def forget(name: str) -> None:
    """Back to the configuration file, or to the default."""
    write({name: None})


def write(values: Mapping[str, object]) -> None:
    """All or nothing; None forgets. Whoever calls it has looked at the values."""
    with transaction.atomic():
        gone = [name for name, value in values.items() if value is None]
        StoredSetting.objects.filter(name__in=gone).delete()
        for name, value in values.items():
            if value is not None:
                StoredSetting.objects.update_or_create(name=name, defaults={"value": value})
        transaction.on_commit(partial(changed.send_robust, StoredSetting, topic=SETTINGS))


def _rows() -> dict[str, object]:
    return dict(StoredSetting.objects.values_list("name", "value"))
