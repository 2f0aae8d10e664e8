"""Settings in the database: changed by the administrator, weaker than the environment."""

from __future__ import annotations

from gateway import sources
from gateway.config import BY_NAME, Config
from gateway.models import StoredSetting
from gateway.setting import ConfigError


def current() -> Config:
    """The configuration of this process with what is stored now; raises ConfigError."""
    return sources.read(dict(StoredSetting.objects.values_list("name", "value")))


def save(name: str, value: object) -> None:
    """Raises ConfigError for a name that cannot be stored or a value that is not of its kind."""
    setting = BY_NAME.get(name)
    if setting is None or not setting.storable:
        raise ConfigError(f"{name} cannot be stored; set it in the environment.")
    setting.parse(value, name, "(stored setting)")
    StoredSetting.objects.update_or_create(name=name, defaults={"value": value})


def forget(name: str) -> None:
    """Back to the configuration file, or to the default."""
    StoredSetting.objects.filter(name=name).delete()
