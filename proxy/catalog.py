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
        asked = [each for each in here if each.catch_all or not each.models]
        waits = [task for each in asked if (task := self._ensure(each)) is not None]
        fresh = [task for name, task in self._tasks.items() if name not in self._known]
        if waits and fresh:
            await asyncio.wait(fresh, timeout=_PATIENCE)
        names = {name: owner for name, owner in routes.claimed() if not within or owner in chosen}
        for provider in asked:
            for name in self._known.get(provider.name, ()):
                if not routes.hidden(full := _full(provider, name)):
                    names.setdefault(full, provider.name)
        shown: dict[str, str] = {}
        for base, owner in sorted(names.items()):
            for name in listed((base,), self._variants()):
                shown.setdefault(name, names.get(name, owner))
        return [ModelInfo(name, owner) for name, owner in shown.items()]

    def lists(self, name: str) -> bool:
        """Whether an upstream has a model of this very name, as far as is known by now."""
        return name in self._names

    async def close(self) -> None:
        tasks = list(self._tasks.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

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
            outgoing = provider.upstream.listing(lease.access)
            async with self._client.open(outgoing, lease.access.proxy) as reply:
                body = await reply.whole()
                return provider.upstream.names(body) if reply.status == 200 else []
        finally:
            # A listing says nothing about how well a credential answers questions.
            lease.report(NotItsFault())


def _full(provider: Provider, name: str) -> str:
    """By which name the provider's model is asked for."""
    plain = provider.catch_all or any(fnmatchcase(name, glob) for glob in provider.families)
    return name if plain else f"{provider.name}/{name}"
