"""The rooms of one process: keys, credentials and the proxy, built from the configuration."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from concurrent.futures import Executor
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from django.conf import settings

from credentials import services as credentials
from credentials.health import Policy
from credentials.kinds import Kind, Source
from credentials.pool import Pool
from credentials.store import Store
from credentials.vault import Vault
from gateway import pictures
from gateway.config import Config
from gateway.providers import ProviderKind
from keys import address, balance, stored
from keys.balance import Balance
from keys.cost import Costs
from keys.directory import Directory
from keys.ledger import Ledger
from keys.prune import prune
from proxy.catalog import Catalog
from proxy.dispatch import Patience
from proxy.images.gallery import Gallery
from proxy.ir import Dialect
from proxy.route import Provider, RouteTable
from proxy.services import Services, Tuning
from proxy.stages.transcript import transcript
from proxy.upstreams.anthropic_api import AnthropicApi
from proxy.upstreams.base import Upstream
from proxy.upstreams.client import Client
from proxy.upstreams.gemini_api import GeminiApi
from proxy.upstreams.openai_compatible import OpenAICompatible

Clock = Callable[[], datetime]

GEMINI = credentials.GEMINI
OPENAI, ANTHROPIC = "openai", "anthropic"
GOOGLE = (GEMINI,)
"""The pools behind `/gemini_cli/…`."""

_OPENAI = ("gpt-*", "chatgpt-*", "o[1-9]*", "codex-*", "text-embedding-*", "dall-e-*")

_Responses = partial(OpenAICompatible, dialect=Dialect.OPENAI_RESPONSES)
_UPSTREAMS: Mapping[ProviderKind, Callable[[str, str], Upstream]] = {
    ProviderKind.OPENAI: OpenAICompatible,
    ProviderKind.OPENAI_RESPONSES: _Responses,
    ProviderKind.ANTHROPIC: AnthropicApi,
    ProviderKind.GEMINI: GeminiApi,
}
_KINDS: Mapping[ProviderKind, Kind] = {
    ProviderKind.OPENAI: Kind.OPENAI_COMPATIBLE,
    ProviderKind.OPENAI_RESPONSES: Kind.OPENAI_COMPATIBLE,
    ProviderKind.ANTHROPIC: Kind.ANTHROPIC,
    ProviderKind.GEMINI: Kind.GEMINI_API,
}

# How long the units of a process that was killed stay reserved.
_HOLD = timedelta(seconds=30)


@dataclass(frozen=True, slots=True)
class Rooms:
    services: Services
    directory: Directory
    costs: Costs
    pool: Pool
    ledger: Ledger
    client: Client
    catalog: Catalog
    gallery: Gallery
    config: Config
    reader: Executor
    clock: Clock

    async def start(self) -> None:
        loop = asyncio.get_running_loop()
        await loop.run_in_executor(self.reader, partial(provide, self.config))
        await self.directory.refresh()
        await self.costs.refresh()
        await self.pool.start()
        await self.ledger.start()

    async def refresh(self) -> None:
        """Takes over what other processes, or commands, have written."""
        await self.directory.refresh()
        await self.costs.refresh()
        await self.pool.refresh()

    async def sweep(self) -> None:
        await self.ledger.sweep(self.clock())
        await self.gallery.prune()

    async def prune(self) -> None:
        """Forgets request records that are older than the operator wants them."""
        before = self.clock() - timedelta(days=self.config.request_log_days)
        loop = asyncio.get_running_loop()
        await loop.run_in_executor(self.reader, partial(prune, before))

    async def close(self) -> None:
        await self.catalog.close()
        await self.ledger.close()
        await self.pool.close()
        await self.client.close()
        await self.gallery.close()


def build(config: Config, reader: Executor, clock: Clock) -> Rooms:
    """Nothing is read or opened yet."""
    policy = Policy(
        auto_ban=config.auto_ban,
        ban_codes=frozenset(config.auto_ban_error_codes),
        strikes_to_ban=config.auto_ban_strikes,
    )
    pool = Pool(
        Store(reader),
        Vault(settings.POTLUCK_VAULT_KEYS),
        lambda: policy,
        clock,
        rotation=lambda: config.calls_per_rotation,
    )
    directory = Directory(settings.POTLUCK_PEPPER, stored.grants, reader)
    costs = Costs(stored.costs, reader)
    ledger = Ledger(clock, hold=_HOLD)
    client = Client(connect=config.connect_timeout, idle=config.upstream_idle_timeout)
    routes = RouteTable(
        providers(config),
        aliases=dict(config.model_aliases),
        excluded=config.model_exclude,
        groups={"gemini_cli": GOOGLE},
        has=pool.has,
        lists=lambda name: catalog.lists(name),
    )
    catalog = Catalog(lambda: routes, pool, client, variants=lambda: config.model_variants)
    gallery = pictures.gallery(config, settings.POTLUCK_VAULT_KEYS, clock)
    tuned = tuning(config)
    services = Services(
        directory=directory,
        ledger=ledger,
        costs=costs,
        pool=pool,
        client=client,
        catalog=catalog,
        routes=lambda: routes,
        tuning=lambda: tuned,
        clock=clock,
        address=partial(_address, config),
        transcript=transcript,
        balance=partial(_balance, reader),
        inlined=pictures.fetching(config),
        gallery=gallery,
    )
    return Rooms(
        services, directory, costs, pool, ledger, client, catalog, gallery, config, reader, clock
    )


def providers(config: Config) -> list[Provider]:
    """The Gemini pools take every name that no configured provider claims."""
    agent = config.user_agent
    openai = OpenAICompatible(config.openai_base_url, agent)
    responses = _Responses(config.openai_base_url, agent)
    anthropic = AnthropicApi(config.anthropic_base_url, agent)
    found = [
        Provider(GEMINI, GeminiApi(config.gemini_base_url, agent), catch_all=True),
        Provider(OPENAI, openai, families=_OPENAI, beside=(responses,)),
        Provider(ANTHROPIC, anthropic, families=("claude-*",)),
    ]
    for each in config.providers:
        upstream = _UPSTREAMS[each.kind](each.base_url, agent)
        names: Mapping[str, str] = {model.alias: model.name for model in each.models}
        found.append(Provider(each.name, upstream, names))
    return found


def tuning(config: Config) -> Tuning:
    retries = config.retry_429_max_retries if config.retry_429_enabled else 0
    return Tuning(
        patience=Patience(1 + retries, config.request_deadline),
        keepalive=config.keepalive_interval,
        body_limit=config.max_body_bytes,
        show_thoughts=config.return_thoughts_to_frontend,
        continuations=config.anti_truncation_max_attempts,
        system=not config.compatibility_mode,
        images=config.history_image_submit_type,
        image_reply=config.image_reply,
        public=config.host_url,
    )


def provide(config: Config) -> None:
    """Stores the credentials that the environment and the configuration file name."""
    vault = Vault(settings.POTLUCK_VAULT_KEYS)
    for name, kind, secrets in (
        (GEMINI, Kind.GEMINI_API, config.gemini_api_keys),
        (OPENAI, Kind.OPENAI, config.openai_api_keys),
        (ANTHROPIC, Kind.ANTHROPIC, config.anthropic_api_keys),
    ):
        credentials.sync(vault, Source.ENV, name, kind=kind, secrets=secrets)
    credentials.retire(Source.CONFIG, keep={each.name for each in config.providers})
    for each in config.providers:
        kind = _KINDS[each.kind]
        credentials.sync(vault, Source.CONFIG, each.name, kind=kind, secrets=each.api_keys)


async def _balance(reader: Executor, key_id: int) -> Balance:
    return await asyncio.get_running_loop().run_in_executor(reader, balance.read, key_id)


def _address(config: Config, peer: str, forwarded: str) -> str:
    return address.client(peer, forwarded, config.trusted_proxies)
