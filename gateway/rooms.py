"""The rooms of one process: keys, credentials and the proxy, built from the configuration."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import Executor
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from zoneinfo import ZoneInfo

from django.conf import settings

from credentials import services as credentials
from credentials import web
from credentials.accounts import Accounts
from credentials.caps import Calendar, matcher
from credentials.health import Policy
from credentials.kinds import Kind, Source
from credentials.pool import Habits, Pool
from credentials.projects import Projects
from credentials.roster import Rules
from credentials.safe import Safe
from credentials.store import Store
from credentials.tokens import Tokens
from credentials.vault import Vault
from gateway import answers, issuing, limiting, pictures, upstreams
from gateway.config import Config
from keys import address, balance, handouts, shared, stored
from keys.balance import Balance
from keys.cost import Costs
from keys.directory import Directory
from keys.ledger import Ledger
from keys.prune import prune
from proxy.catalog import Catalog
from proxy.dispatch import Patience
from proxy.images.gallery import Gallery
from proxy.relay import Relay, Terms
from proxy.route import RouteTable
from proxy.services import Services, Tuning
from proxy.stages.transcript import transcript
from proxy.upstreams.client import Client

Clock = Callable[[], datetime]

# How long the units of a process that was killed stay reserved.
_HOLD = timedelta(seconds=30)


@dataclass(frozen=True, slots=True)
class Rooms:
    services: Services
    directory: Directory
    costs: Costs
    pool: Pool
    ledger: Ledger
    gallery: Gallery
    accounts: Accounts
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
        await self.services.limits.start()

    async def refresh(self) -> None:
        """Takes over what other processes, or commands, have written."""
        await self.directory.refresh()
        await self.costs.refresh()
        await self.pool.refresh()

    async def sweep(self) -> None:
        await self.ledger.sweep(self.clock())
        await self.gallery.prune()

    async def prune(self) -> None:
        """Forgets request records and kept answers that are older than the operator wants them."""
        if self.services.answers is not None:
            await self.services.answers.prune()
        before = self.clock() - timedelta(days=self.config.request_log_days)
        loop = asyncio.get_running_loop()
        await loop.run_in_executor(self.reader, handouts.prune, self.clock())
        await loop.run_in_executor(self.reader, partial(prune, before))

    async def close(self) -> None:
        await self.services.catalog.close()
        if self.services.answers is not None:
            await self.services.answers.close()
        await self.services.limits.close()
        await self.ledger.close()
        await self.accounts.close()
        await self.pool.close()
        await self.services.client.close()
        await self.gallery.close()


def build(config: Config, reader: Executor, clock: Clock) -> Rooms:
    """Nothing is read or opened yet."""
    store, vault = Store(reader), Vault(settings.POTLUCK_VAULT_KEYS)
    held = accounts(config, Safe(store, vault), clock)
    pool = lender(config, store, vault, held, clock)
    directory = Directory(
        settings.POTLUCK_PEPPER, stored.grants, reader, password=config.api_password
    )
    costs = Costs(stored.costs, reader)
    ledger = Ledger(clock, hold=_HOLD)
    client = Client(
        connect=config.connect_timeout, idle=config.upstream_idle_timeout, proxy=config.proxy
    )
    catalog = Catalog(lambda: routes, pool, client, variants=lambda: config.model_variants)
    routes = table(config, pool, catalog)
    gallery = pictures.gallery(config, settings.POTLUCK_VAULT_KEYS, clock)
    tuned, terms = tuning(config), _terms(config)
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
        limits=limiting.limits(config, reader),
        relay=Relay(client, lambda: terms, gallery, pictures.fetcher(config).fetch),
        answers=answers.store(config, vault, reader, clock),
    )
    return Rooms(services, directory, costs, pool, ledger, gallery, held, config, reader, clock)


def lender(config: Config, store: Store, vault: Vault, held: Accounts, clock: Clock) -> Pool:
    """The credential pool."""
    policy = Policy(
        auto_ban=config.auto_ban,
        ban_codes=frozenset(config.auto_ban_error_codes),
        strikes_to_ban=config.auto_ban_strikes,
    )
    calendar = Calendar(config.quota_reset_time, ZoneInfo(config.quota_reset_zone))
    rules = Rules(
        calls=lambda: config.calls_per_rotation,
        strategy=lambda: config.selection_strategy,
        pro=matcher(config.pro_models),
    )
    habits = Habits(rules, lambda: calendar, lambda: config.session_affinity_seconds)
    return Pool(store, vault, lambda: policy, clock, habits=habits, bearers=held)


def table(config: Config, pool: Pool, catalog: Catalog) -> RouteTable:
    return RouteTable(
        upstreams.providers(config),
        aliases=dict(config.model_aliases),
        excluded=config.model_exclude,
        groups={"gemini_cli": upstreams.GOOGLE},
        has=lambda provider: pool.count(provider) > 0,
        lists=catalog.lists,
    )


def accounts(config: Config, safe: Safe, clock: Clock) -> Accounts:
    """What makes access tokens out of stored accounts."""
    issuers = issuing.issuers(config)
    asking = web.Web(partial(web.client, config.user_agent), proxy=config.proxy)
    tokens = Tokens(lambda: issuers, safe, asking, clock)
    projects = Projects(config.code_assist_endpoint, safe, asking, clock)
    return Accounts(tokens, projects, asking, clock)


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
        sessions=config.session_affinity_seconds > 0,
        image_reply=config.image_reply,
        public=config.host_url,
    )


def _terms(config: Config) -> Terms:
    return Terms(
        config.xai_passthrough,
        config.xai_base_url,
        config.xai_response_format,
        config.max_body_bytes,
        config.user_agent,
    )


def provide(config: Config) -> None:
    """Stores the credentials that the environment and the configuration file name."""
    shared.provide(config.api_password, settings.POTLUCK_PEPPER)
    vault = Vault(settings.POTLUCK_VAULT_KEYS)
    for name, kind, secrets in (
        (upstreams.GEMINI, Kind.GEMINI_API, config.gemini_api_keys),
        (upstreams.OPENAI, Kind.OPENAI, config.openai_api_keys),
        (upstreams.ANTHROPIC, Kind.ANTHROPIC, config.anthropic_api_keys),
    ):
        credentials.sync(vault, Source.ENV, name, kind=kind, secrets=secrets)
    credentials.retire(Source.CONFIG, keep={each.name for each in config.providers})
    for each in config.providers:
        kind = upstreams.KINDS[each.kind]
        credentials.sync(vault, Source.CONFIG, each.name, kind=kind, secrets=each.api_keys)


async def _balance(reader: Executor, key_id: int) -> Balance:
    return await asyncio.get_running_loop().run_in_executor(reader, balance.read, key_id)


def _address(config: Config, peer: str, forwarded: str) -> str:
    return address.client(peer, forwarded, config.trusted_proxies)
