"""Model name → where it is asked. Parsed once into a type; nobody looks at the text again."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from proxy.errors import ErrorKind, GatewayError, invalid
from proxy.upstreams.base import Upstream

_LONGEST = 200
# Letters of any script (prefixes may be Chinese), and what real names use. No white space, `%`,
# `?`, `#` or backslash: the name becomes part of a URL.
_NAME = re.compile(r"[\w.:/@+()\-]+")
_CACHED = 4_096


class ModelName(NamedTuple):
    """`[provider/]base`: `full` is the name as asked, without Google's `models/` prefix."""

    full: str
    prefix: str
    base: str

    @classmethod
    def parse(cls, text: str) -> ModelName:
        """Raises GatewayError(INVALID_REQUEST) for what cannot be a model's name."""
        name = text.removeprefix("models/")
        if len(name) > _LONGEST or not _NAME.fullmatch(name) or ".." in name:
            raise invalid(
                "The model name is empty, longer than 200 characters, or has characters that no "
                "model name has.",
                "model",
            )
        prefix, slash, base = name.partition("/")
        return cls(name, prefix if slash else "", base if slash else name)


class Target(NamedTuple):
    """Ask `upstream` for `model` with a credential of the pool named `provider`."""

    provider: str
    model: str
    upstream: Upstream


class Route(NamedTuple):
    """Targets in the order in which they are tried; `cost_name` is what the cost table knows."""

    name: ModelName
    targets: tuple[Target, ...]

    @property
    def cost_name(self) -> str:
        return self.name.full


class Provider(NamedTuple):
    """A configured upstream. `models`: the names it claims → what it calls them itself.

    `catch_all`: it also takes names that nobody claims.
    """

    name: str
    upstream: Upstream
    models: Mapping[str, str] = {}
    catch_all: bool = False


class RouteTable:
    """Immutable; a change of the configuration makes a new one."""

    def __init__(self, providers: Sequence[Provider]) -> None:
        self.providers = {provider.name: provider for provider in providers}
        self._claims: dict[str, list[Target]] = {}
        for provider in providers:
            for alias, model in provider.models.items():
                target = Target(provider.name, model, provider.upstream)
                self._claims.setdefault(alias, []).append(target)
        self._open = tuple(provider for provider in providers if provider.catch_all)
        self._cache: dict[str, Route] = {}

    def resolve(self, text: str) -> Route:
        """Raises GatewayError(INVALID_REQUEST or MODEL_NOT_FOUND)."""
        if route := self._cache.get(text):
            return route
        name = ModelName.parse(text)
        targets = self._targets(name)
        if not targets:
            raise GatewayError(
                ErrorKind.MODEL_NOT_FOUND,
                f"The model `{name.full}` is not served here. GET /v1/models lists what is.",
                param="model",
            )
        route = Route(name, targets)
        if len(self._cache) >= _CACHED:
            self._cache.clear()
        self._cache[text] = route
        return route

    def claimed(self) -> Iterable[tuple[str, str]]:
        """(model name, provider) of every configured name."""
        for alias, targets in self._claims.items():
            yield alias, targets[0].provider

    def _targets(self, name: ModelName) -> tuple[Target, ...]:
        if claimed := self._claims.get(name.full):
            return tuple(claimed)
        if provider := self.providers.get(name.prefix):
            model = provider.models.get(name.base, name.base)
            return (Target(provider.name, model, provider.upstream),)
        return tuple(Target(each.name, name.full, each.upstream) for each in self._open)
