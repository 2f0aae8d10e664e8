"""Which models there are: configured names, and what each upstream itself lists."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Collection
from fnmatch import fnmatchcase
from itertools import chain
from time import monotonic

import msgspec

from credentials.health import NotItsFault
from credentials.pool import Unavailable
from keys.ending import end
from proxy.dialects.base import ModelInfo
from proxy.dispatch import Leases
from proxy.errors import GatewayError
from proxy.route import Provider, RouteTable
from proxy.upstreams.client import Client
from proxy.variants import VariantKind, listed

log = logging.getLogger("potluck.catalog")

_FRESH = 3_600.0
_AGAIN = 60.0
_PATIENCE = 8.0


class Catalog:
    """Lists are asked for when first needed, kept an hour, and refreshed behind the answer."""

    def __init__(
        self,
        routes: Callable[[], RouteTable],
        pool: Leases,
        client: Client,
        *,
        variants: Callable[[], Collection[VariantKind]] = tuple,
    ) -> None:
        self._routes = routes
        self._variants = variants
        self._pool = pool
        self._client = client
        self._known: dict[str, tuple[str, ...]] = {}
        self._names: frozenset[str] = frozenset()
        self._due: dict[str, float] = {}
        self._tasks: dict[str, asyncio.Task[None]] = {}

    async def models(self, within: str = "") -> list[ModelInfo]:
        """Everything that can be asked for, by name, each once; `within` as in `RouteTable`.

        Waits for an upstream's list only if there is none yet, and not for long.
        """
        routes = self._routes()
        chosen = set(routes.names(within))
        here = [each for name, each in routes.providers.items() if name in chosen]
        asked = [each for each in here if _lists(each)]
        waits = [task for each in asked if (task := self._ensure(each)) is not None]
        fresh = [task for name, task in self._tasks.items() if name not in self._known]
        if waits and fresh:
            await asyncio.wait(fresh, timeout=_PATIENCE)
        names = {name: owner for name, owner in routes.claimed() if not within or owner in chosen}
        for provider in asked:
            for name in self._known.get(provider.name, ()):
                if not routes.hidden(whole := full(provider, name)):
                    names.setdefault(whole, provider.name)
        shown: dict[str, str] = {}
        for base, owner in sorted(names.items()):
            for name in listed((base,), self._variants()):
                shown.setdefault(name, names.get(name, owner))
        return [ModelInfo(name, owner) for name, owner in shown.items()]

    def names(self) -> frozenset[str]:
        """The models that upstreams have by their own account, as far as is known by now."""
        return self._names

    def of(self, provider: str) -> tuple[str, ...]:
        """What one provider lists, as far as is known by now."""
        return self._known.get(provider, ())

    def learn(self) -> None:
        """Asks for the lists that are not known, or are old, and waits for none."""
        for provider in self._routes().providers.values():
            if _lists(provider) and self._pool.count(provider.name):
                self._ensure(provider)

    def renew(self) -> None:
        """The configuration has changed: lists are asked for again when they are next needed."""
        self._due.clear()

    async def close(self) -> None:
        await end(self._tasks.values())

    def _ensure(self, provider: Provider) -> asyncio.Task[None] | None:
        task = self._tasks.get(provider.name)
        if task is not None and not task.done():
            return task
        if monotonic() < self._due.get(provider.name, 0.0):
            return None
        self._due[provider.name] = monotonic() + _AGAIN
        task = asyncio.get_running_loop().create_task(self._load(provider))
        self._tasks[provider.name] = task
        return task

    async def _load(self, provider: Provider) -> None:
        try:
            names = await self._ask(provider)
        except (Unavailable, GatewayError, msgspec.DecodeError) as error:
            log.info("no model list from %s: %s", provider.name, error)
        else:
            self._known[provider.name] = tuple(names)
            self._names = frozenset(chain.from_iterable(self._known.values()))
            self._routes().forget()
            self._due[provider.name] = monotonic() + _FRESH

    async def _ask(self, provider: Provider) -> list[str]:
        lease = await self._pool.acquire(provider.name, "")
        try:
            access = lease.access
            outgoing = provider.upstream.listing(access)
            async with self._client.open(outgoing, access.proxy, access.secret) as reply:
                body = await reply.whole()
                return provider.upstream.names(body) if reply.status == 200 else []
        finally:
            # A listing says nothing about how well a credential answers questions.
            lease.report(NotItsFault())


def _lists(provider: Provider) -> bool:
    """Whether its own list counts."""
    return provider.catch_all or not provider.models


def full(provider: Provider, name: str) -> str:
    """By which name the provider's model is asked for."""
    plain = provider.catch_all or any(fnmatchcase(name, glob) for glob in provider.families)
    return name if plain else f"{provider.name}/{name}"
