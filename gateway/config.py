"""The table of settings, and how its four sources become one frozen `Config`. Pure.

Environment > stored setting > TOML file > default. What reads the sources is in `sources.py`.
"""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from types import MappingProxyType
from typing import Any

from gateway import providers
from gateway.providers import ProviderConfig
from gateway.setting import Setting
from gateway.table.answers import Answers
from gateway.table.buckets import Buckets
from gateway.table.images import Images
from gateway.table.lending import Lending
from gateway.table.limits import Limiting
from gateway.table.pool import Pooling
from gateway.table.server import Server
from gateway.table.upstreams import Upstreams


class Source(enum.StrEnum):
    ENVIRONMENT = "environment"
    STORED = "stored"
    FILE = "file"
    DEFAULT = "default"


@dataclass(frozen=True, kw_only=True)
class Config(Buckets, Images, Answers, Upstreams, Lending, Pooling, Limiting, Server):
    """Every setting with its value; a field's name in capitals is the setting's name.

    The bases stand in the reverse order of the reference."""

    providers: tuple[ProviderConfig, ...] = ()
    sources: Mapping[str, Source] = field(default_factory=dict, repr=False, compare=False)

    def source(self, name: str) -> Source:
        """Where the value of the setting `name` ("PORT") comes from."""
        return self.sources.get(name, Source.DEFAULT)


SETTINGS: tuple[Setting, ...] = tuple(
    Setting(name=each.name.upper(), default=each.default, **each.metadata["setting"])
    for each in fields(Config)
    if "setting" in each.metadata
)
BY_NAME: Mapping[str, Setting] = {each.name: each for each in SETTINGS}


def load(
    environ: Mapping[str, str], stored: Mapping[str, object], toml: Mapping[str, object]
) -> Config:
    """Raises ConfigError with one sentence for the first value that cannot be used.

    An empty environment variable counts as not set, as container files like to pass them.
    """
    _known(toml)
    values: dict[str, Any] = {}
    sources: dict[str, Source] = {}
    for each in SETTINGS:
        if (found := _find(each, environ, stored, toml)) is not None:
            sources[each.name], values[each.name.lower()] = found
    return Config(
        **values,
        providers=providers.parse(toml.get("providers", [])),
        sources=MappingProxyType(sources),
    )


def _find(
    each: Setting,
    environ: Mapping[str, str],
    stored: Mapping[str, object],
    toml: Mapping[str, object],
) -> tuple[Source, Any] | None:
    names = (each.name, *each.aliases)
    for name in names:
        if text := environ.get(name, "").strip():
            return Source.ENVIRONMENT, each.parse(text, name, "(environment)")
    if each.storable and each.name in stored:
        return Source.STORED, each.parse(stored[each.name], each.name, "(stored setting)")
    for name in names:
        if name.lower() in toml:
            raw = toml[name.lower()]
            return Source.FILE, each.parse(raw, name.lower(), "(configuration file)")
    return None


def _known(toml: Mapping[str, object]) -> None:
    names = {name.lower() for each in SETTINGS for name in (each.name, *each.aliases)}
    known = names - {"potluck_config"} | {"providers"}
    for key in toml:
        if key not in known:
            raise providers.unknown(key, known, "The configuration file")
