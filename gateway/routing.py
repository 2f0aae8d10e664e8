"""Which names may be asked for and where each leads, as the console shows it.

Asked from the threads of pages: only `offered` needs the event loop.
"""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Iterable
from contextlib import suppress
from fnmatch import fnmatchcase

from panel.bridge import ModelRow, Place, Resolution
from proxy.catalog import full
from proxy.errors import ErrorKind, GatewayError
from proxy.names import Variant
from proxy.route import Route, RouteTable, Target
from proxy.services import Services

_PATIENCE = 4.0


async def offered(services: Services) -> frozenset[str]:
    """What `GET /v1/models` lists. Empty while an upstream keeps it waiting: then it goes on being
    asked, and the next page has its names."""
    with suppress(TimeoutError):
        async with asyncio.timeout(_PATIENCE):
            return frozenset(model.id for model in await services.catalog.models())
    return frozenset()


def rows(services: Services, offered: Collection[str]) -> list[ModelRow]:
    """By name, those too that are not served. `offered` adds their variants."""
    routes, everything = services.routes(), _unfiltered(services)
    known = {name for name, _owner in everything.claimed()}
    for provider in routes.providers.values():
        known |= {full(provider, name) for name in services.catalog.of(provider.name)}
    variants: dict[str, list[str]] = {}
    for name in sorted(set(offered) - known):
        if (route := _route(everything, name)) is not None:
            variants.setdefault(route.name.plain, []).append(name)
    return [
        ModelRow(
            name,
            route.cost_name if route else name,
            _asked(services, route) if route else (),
            alias_of=routes.aliases.get(name, ""),
            excluded=_excluding(routes, route) if route else "",
            variants=tuple(variants.get(name, ())),
        )
        for name in sorted(known)
        for route in [_route(everything, name)]
    ]


def resolve(services: Services, name: str) -> Resolution:
    """As `panel.bridge.Gateway` says."""
    routes = services.routes()
    try:
        route = _unfiltered(services).resolve(name)
    except GatewayError as error:
        return Resolution(name, code=error.kind, reason=error.message)
    excluded = _excluding(routes, route)
    found = _route(routes, name)
    return Resolution(
        name,
        base=route.cost_name,
        alias_of=routes.aliases.get(route.name.plain, ""),
        variant=_said(route.name.variant),
        places=_places(services, route.targets),
        spare=_places(services, route.spare),
        detours=tuple(
            (each.name, _places(services, each.targets))
            for each in (found.detours if found else ())
        ),
        excluded=excluded,
        code=ErrorKind.MODEL_NOT_FOUND if excluded else "",
    )


def _unfiltered(services: Services) -> RouteTable:
    """The table as if nothing were excluded and everybody had credentials."""
    routes = services.routes()
    return RouteTable(
        tuple(routes.providers.values()), aliases=routes.aliases, listed=services.catalog.names
    )


def _route(routes: RouteTable, name: str) -> Route | None:
    try:
        return routes.resolve(name)
    except GatewayError:
        return None


def _places(services: Services, targets: Iterable[Target]) -> tuple[Place, ...]:
    return tuple(
        Place(
            target.provider,
            target.model,
            target.upstream.dialect,
            ready=services.pool.count(target.provider) > 0,
        )
        for target in targets
    )


def _asked(services: Services, route: Route) -> tuple[Place, ...]:
    """Who answers: spare ones only where none of the others has a credential."""
    first = _places(services, route.targets)
    if any(place.ready for place in first):
        return first
    return (*first, *_places(services, route.spare))


def _excluding(routes: RouteTable, route: Route) -> str:
    """The glob that keeps a name from being served; "" if none does."""
    real = route.cost_name
    names = (route.name.plain, real, real.partition("/")[2] or real)
    hiding = (each for each in routes.excluded if any(fnmatchcase(name, each) for name in names))
    return next(hiding, "")


def _said(variant: Variant) -> tuple[tuple[str, str], ...]:
    values = ((name, getattr(variant, name)) for name in variant.__struct_fields__)
    return tuple(
        (name, "" if value is True else str(value))
        for name, value in values
        if value is not None and value is not False and value != ""
    )
