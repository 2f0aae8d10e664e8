"""Model name → where it is asked. Parsed once into a type; nobody looks at the text again."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from fnmatch import fnmatchcase
from typing import NamedTuple

from msgspec.structs import replace

from proxy import detour
from proxy.errors import ErrorKind, GatewayError
from proxy.ir import Dialect
from proxy.names import ModelName, Variant
from proxy.upstreams.base import Upstream

_CACHED = 4_096
_Asked = tuple[str, Dialect | None, str]
# Who is said to own a name that stands for another.
_ALIAS = "alias"


class Target(NamedTuple):
    """Ask `upstream` for `model` with a credential of the pool named `provider`."""

    provider: str
    model: str
    upstream: Upstream


class Detour(NamedTuple):
    """Another model, asked when nobody has quota left for the one that was. `name` is what costs
    and allow-lists know."""

    name: str
    targets: tuple[Target, ...]


class Route(NamedTuple):
    """Targets in the order in which they are tried; `spare` ones only if none of those has a
    credential. `name` is as asked, with the variant of what it stands for; `cost_name` is what the
    cost table knows."""

    name: ModelName
    targets: tuple[Target, ...]
    spare: tuple[Target, ...] = ()
    cost_name: str = ""
    detours: tuple[Detour, ...] = ()


class Provider(NamedTuple):
    """A configured upstream. `models`: the names it claims → what it calls them itself.

    `catch_all`: it also takes names that nobody claims. `families`: globs of names that it takes
    before any catch-all. `beside`: the same service in other dialects, asked when the caller
    speaks one of them.
    """

    name: str
    upstream: Upstream
    models: Mapping[str, str] = {}
    catch_all: bool = False
    families: tuple[str, ...] = ()
    beside: tuple[Upstream, ...] = ()

    def target(self, model: str, dialect: Dialect | None) -> Target:
        same = (each for each in self.beside if each.dialect is dialect)
        return Target(self.name, model, next(same, self.upstream))


def _nowhere() -> Collection[str]:
    return ()


class RouteTable:
    """Immutable; a change of the configuration makes a new one.

    `aliases`: other names for models, by which they may be asked. `excluded`: globs of names that
    are not served. `groups`: words that stand for several providers in a path. `rich` gives the
    providers that have credentials, the same object until they change: one without is asked only
    if nobody else can be (None: all have some). `listed` are the names that upstreams themselves
    have, which are then no variants of others. `detours` are (glob, other model), as in
    `detour.others`.
    """

    def __init__(
        self,
        providers: Sequence[Provider],
        *,
        aliases: Mapping[str, str] = {},
        excluded: Collection[str] = (),
        groups: Mapping[str, Collection[str]] = {},
        rich: Callable[[], Collection[str]] | None = None,
        listed: Callable[[], Collection[str]] = _nowhere,
        detours: Sequence[tuple[str, str]] = (),
    ) -> None:
        self.providers = {provider.name: provider for provider in providers}
        self.aliases = aliases
        self.excluded = tuple(excluded)
        self._groups = groups
        self._rich = rich
        self._present: Collection[str] | None = None
        self._listed = listed
        self._detours = detours
        self._claims: dict[str, list[Provider]] = {}
        for provider in providers:
            for alias in provider.models:
                self._claims.setdefault(alias, []).append(provider)
        self._cache: dict[_Asked, Route] = {}
        self._reachable: dict[_Asked, Route] = {}

    def resolve(self, text: str, dialect: Dialect | None = None, within: str = "") -> Route:
        """Where a caller who speaks `dialect` is answered; `within` limits it to one provider, or
        to a group of them. Raises GatewayError(INVALID_REQUEST or MODEL_NOT_FOUND)."""
        present = self._rich() if self._rich is not None else None
        if present is not self._present:
            self._present = present
            self._reachable.clear()
        asked = (text, dialect, within)
        route = self._reachable.get(asked)
        if route is None:
            route = _among(self._cache.get(asked) or self._learn(*asked), present)
            self._reachable[asked] = route
        return route

    def names(self, within: str = "") -> Collection[str]:
        """The providers that `within` means; all of them for "". Raises GatewayError."""
        if not within:
            return self.providers
        if group := self._groups.get(within):
            return group
        if within in self.providers:
            return (within,)
        raise GatewayError(
            ErrorKind.PATH_NOT_FOUND,
            f"There is no provider `{within}` here. Leave it out of your base URL to ask all.",
        )

    def claimed(self) -> Iterable[tuple[str, str]]:
        """(model name, provider) of every configured name that is served."""
        for alias, providers in self._claims.items():
            if not self.hidden(alias):
                yield alias, providers[0].name
        for alias, model in self.aliases.items():
            if not self.hidden(alias) and not self.hidden(model):
                owners = [each.name for each in self._claims.get(model, ())]
                yield alias, next(iter(owners), _ALIAS)

    def hidden(self, name: str) -> bool:
        """Whether the operator does not serve this name."""
        return _any(name, self.excluded)

    def _learn(self, text: str, dialect: Dialect | None, within: str) -> Route:
        name = ModelName.parse(text, known=self._known)
        real = self._real(name)
        known = self.names(within)
        providers, spare = self._providers(real, known)
        if not (providers or spare) or any(map(self.hidden, (name.plain, real.plain, real.base))):
            raise GatewayError(
                ErrorKind.MODEL_NOT_FOUND,
                f"The model `{name.full}` is not served here. GET /v1/models lists what is.",
                param="model",
            )
        first, second = (
            _targets(real, these, dialect)
            for these in (providers or spare, spare if providers else ())
        )
        named = name._replace(variant=real.variant)
        route = Route(named, first, second, real.plain, self._around(real, known, dialect))
        if len(self._cache) >= _CACHED:
            self.forget()
        self._cache[text, dialect, within] = route
        return route

    def _around(
        self, name: ModelName, known: Collection[str], dialect: Dialect | None
    ) -> tuple[Detour, ...]:
        found = []
        for text in detour.others(name.base, self._detours, self._listed()):
            # Whoever chose a provider is not sent to another one.
            asked = f"{name.prefix}/{text}" if name.prefix and "/" not in text else text
            try:
                real = self._real(ModelName.parse(asked, known=self._known))
            except GatewayError:
                continue
            here = [each for group in self._providers(real, known) for each in group]
            if here and not any(map(self.hidden, (real.plain, real.base))):
                found.append(Detour(real.plain, _targets(real, here, dialect)))
        return tuple(found)

    def forget(self) -> None:
        """What upstreams list has changed, so names may be read anew."""
        self._cache.clear()
        self._reachable.clear()

    def _known(self, name: str) -> bool:
        return name in self._claims or name in self.aliases or name in self._listed()

    def _real(self, name: ModelName) -> ModelName:
        """What the name stands for; what it says itself beats what its alias says."""
        if (alias := self.aliases.get(name.plain)) is None:
            return name
        real = ModelName.parse(alias, known=lambda text: text in self._claims)
        return real._replace(variant=_joined(real.variant, name.variant))

    def _providers(
        self, name: ModelName, known: Collection[str]
    ) -> tuple[Sequence[Provider], Sequence[Provider]]:
        """Who takes a name, and who does if none of those has a credential."""
        if claimed := [each for each in self._claims.get(name.plain, ()) if each.name in known]:
            return claimed, ()
        if name.prefix in known and name.prefix in self.providers:
            return [self.providers[name.prefix]], ()
        here = [provider for provider in self.providers.values() if provider.name in known]
        if len(known) < len(self.providers):
            # The caller chose the provider, which knows its own names.
            return here, ()
        family = [each for each in here if _any(name.plain, each.families)]
        return family, [each for each in here if each.catch_all]


def _among(route: Route, present: Collection[str] | None) -> Route:
    """The route with those of its targets that can be asked; all of them if none can."""
    if present is None:
        return route
    for targets in (route.targets, route.spare):
        here = tuple(each for each in targets if each.provider in present)
        if here == route.targets:
            return route
        if here:
            return route._replace(targets=here, spare=())
    return route


def _targets(
    name: ModelName, providers: Iterable[Provider], dialect: Dialect | None
) -> tuple[Target, ...]:
    return tuple(each.target(_called(name, each), dialect) for each in providers)


def _called(name: ModelName, provider: Provider) -> str:
    """What `provider` itself calls the model."""
    if own := provider.models.get(name.plain):
        return own
    if name.prefix == provider.name:
        return provider.models.get(name.base, name.base)
    return name.plain


def _joined(under: Variant, over: Variant) -> Variant:
    """Both variants; where they say different things, `over` has it."""
    if not under or not over:
        return over or under
    said = {name: value for name in over.__struct_fields__ if (value := getattr(over, name))}
    if over.effort is not None or over.budget is not None:
        said |= {"effort": over.effort, "budget": over.budget}
    return replace(under, **said)


def _any(name: str, globs: Iterable[str]) -> bool:
    return any(fnmatchcase(name, glob) for glob in globs)
