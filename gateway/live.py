"""The configuration that holds at this moment, and what is made of it: both change while it runs.

A setting that is not `hot` keeps the value that the process has started with, so that what is
shown as needing a restart never takes effect by half.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import replace
from threading import RLock
from types import MappingProxyType
from typing import Any, TypeVar, cast

from gateway import sources
from gateway.config import BY_NAME, SETTINGS, Config
from gateway.setting import ConfigError

log = logging.getLogger("potluck.settings")

T = TypeVar("T")
Commit = Callable[[], None]
Follower = Callable[[Config], Commit]
"""Makes something of a configuration, and gives what puts it into place. May raise ConfigError."""

_COLD = tuple(each.name for each in SETTINGS if not each.hot)


class Live:
    """One per process. `config` may be read, and any method called, from any thread."""

    def __init__(self, read: sources.Reader | None = None) -> None:
        self._read = read or sources.reader()
        self._lock = RLock()
        self._seen: Mapping[str, object] = {}
        self._good: Mapping[str, object] = {}
        self._told: dict[str, object] = {}
        self._followers: list[Follower] = []
        self.config = self._read({})

    def imagine(self, stored: Mapping[str, object]) -> Config:
        """What a start would make of these stored settings. Raises ConfigError."""
        return self._read(stored)

    def load(self, stored: Mapping[str, object]) -> Config:
        """Everything, as a process does that starts. Raises ConfigError."""
        with self._lock:
            self.config = self._read(stored)
            self._seen = self._good = dict(stored)
            return self.config

    def look(self, rows: Callable[[], Mapping[str, object]]) -> bool:
        """`take` of what `rows` reads. Two that look at once cannot bring back what was before."""
        with self._lock:
            return self.take(rows())

    def take(self, stored: Mapping[str, object]) -> bool:
        """Takes over what is hot; True if anything changed. What cannot be used is logged, and
        the last value that could be stays."""
        with self._lock:
            if stored == self._seen:
                return False
            self._seen = dict(stored)
            good = self._usable(stored)
            try:
                config = _warm(self.config, self._read(good))
                commits = [follow(config) for follow in self._followers]
            except ConfigError as error:
                log.error("The stored settings do not go together; those before stay. %s", error)  # noqa: TRY400
                return False
            self._good = good
            changed = (config, config.sources) != (self.config, self.config.sources)
            self.config = config
            for commit in commits if changed else ():
                commit()
            return changed

    def follow(self, follower: Follower) -> None:
        """Calls it with each new configuration; what it gives back once all have agreed."""
        with self._lock:
            self._followers.append(follower)

    def leave(self, follower: Follower) -> None:
        with self._lock:
            self._followers = [each for each in self._followers if each is not follower]

    def _usable(self, stored: Mapping[str, object]) -> dict[str, object]:
        """`stored` without what is of no use, for which the last good one stays."""
        good: dict[str, object] = {}
        for name, value in stored.items():
            error = unfit(name, value)
            if error is None:
                good[name] = value
                self._told.pop(name, None)
                continue
            if name in self._good:
                good[name] = self._good[name]
            if self._told.get(name) != value:
                self._told[name] = value
                log.error("%s The last good value stays.", error)
        return good


class Made:
    """What one owner makes of the configuration: once per change, never per request."""

    def __init__(self, live: Live) -> None:
        self.live = live
        self._followers: list[Follower] = []

    def __call__(self, make: Callable[[Config], T]) -> Callable[[], T]:
        """Gives what `make` has made of the configuration that holds. `make` may be called on any
        thread, and may raise ConfigError, which refuses the change."""
        value = make(self.live.config)

        def follower(config: Config) -> Commit:
            fresh = make(config)

            def put() -> None:
                nonlocal value
                value = fresh

            return put

        self._follow(follower)
        return lambda: value

    def then(self, effect: Callable[[Config], None]) -> None:
        """Calls `effect` after each change, on any thread; it may not raise."""
        self._follow(lambda config: lambda: effect(config))

    def close(self) -> None:
        """What was made stays as it is."""
        while self._followers:
            self.live.leave(self._followers.pop())

    def _follow(self, follower: Follower) -> None:
        self._followers.append(follower)
        self.live.follow(follower)


class View:
    """Reads as the configuration that holds: Django's `settings.POTLUCK`."""

    __slots__ = ("_live",)
    # Whoever asks for its class, as `dataclasses.replace` does, gets a Config.
    __dataclass_fields__ = Config.__dataclass_fields__

    def __init__(self, live: Live) -> None:
        self._live = live

    def __getattr__(self, name: str) -> Any:
        return getattr(self._live.config, name)

    def __repr__(self) -> str:
        return repr(self._live.config)

    @property  # type: ignore[misc]
    def __class__(self) -> type[Config]:  # type: ignore[override]
        return Config


_here: Live | None = None


def start() -> Live:
    """Reads environment and file for this process, anew. Raises ConfigError."""
    global _here
    _here = Live()
    return _here


def here() -> Live:
    """This process's. Raises ConfigError if it has to be read first."""
    return _here or start()


def view(live: Live) -> Config:
    return cast(Config, View(live))


def unfit(name: str, value: object) -> ConfigError | None:
    """What is wrong with a stored value; what is not read from the database is not looked at."""
    setting = BY_NAME.get(name)
    if setting is None or not setting.storable:
        return None
    try:
        setting.parse(value, name, "(stored setting)")
    except ConfigError as error:
        return error
    return None


def _warm(old: Config, new: Config) -> Config:
    """`new`, where it may change without a restart."""
    kept = {name.lower(): getattr(old, name.lower()) for name in _COLD}
    told = {**new.sources}
    for name in _COLD:
        told.pop(name, None)
        if name in old.sources:
            told[name] = old.sources[name]
    return replace(new, providers=old.providers, sources=MappingProxyType(told), **kept)
