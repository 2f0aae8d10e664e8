"""The rooms of one process: keys, credentials and the proxy, built from the configuration."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import Executor
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from django.conf import settings

from credentials import envs, web
from credentials import services as credentials
from credentials.accounts import Accounts
from credentials.agenda import Agenda
from credentials.caps import Calendar, matcher
from credentials.kinds import Kind, Source
from credentials.pool import Habits, Pool
from credentials.probing import Probes
from credentials.projects import Projects
from credentials.roster import Rules
from credentials.safe import Safe
from credentials.store import Store
from credentials.tokens import Tokens
from credentials.upkeep import Upkeep
from credentials.vault import Vault
from credentials.web import Web
from gateway import answers, issuing, limiting, pictures, stored, tuning, upstreams
from gateway.chores import Chores
from gateway.config import Config
from gateway.live import Live, Made
from keys import address, balance, shared
from keys import stored as reads
from keys.balance import Balance
from keys.cost import Costs
from keys.directory import Directory
from keys.ledger import Ledger
from proxy.catalog import Catalog
from proxy.images.gallery import Gallery
from proxy.probe import Prober
from proxy.relay import Relay
from proxy.route import RouteTable
from proxy.services import Services
from proxy.stages.transcript import transcript
from proxy.upstreams.client import Client

Clock = Callable[[], datetime]

# How long the units of a process that was killed stay reserved.
_HOLD = timedelta(seconds=30)


@dataclass(frozen=True, slots=True)
class Lending:
    """The pool and what belongs to it. `web` is the control plane's."""

    store: Store
    vault: Vault
    web: Web
    accounts: Accounts
    pool: Pool
    calendar: Callable[[], Calendar]


@dataclass(frozen=True, slots=True)
class Rooms:
    services: Services
    directory: Directory
    costs: Costs
    ledger: Ledger
    gallery: Gallery
    lending: Lending
    probes: Probes
    upkeep: Upkeep
    chores: Chores
    made: Made
    reader: Executor
    clock: Clock

    @property
    def config(self) -> Config:
        """The one that holds."""
        return self.made.live.config

    async def start(self) -> None:
        self.made.then(tuning.Volume(self.config))
        loop = asyncio.get_running_loop()
        await loop.run_in_executor(self.reader, partial(provide, self.config))
        await self.directory.refresh()
        await self.costs.refresh()
        await self.lending.pool.start()
        await self.ledger.start()
        await self.services.limits.start()

    async def refresh(self) -> None:
        """Takes over what other processes, or commands, have written."""
        loop = asyncio.get_running_loop()
        await loop.run_in_executor(self.reader, self.made.live.look, stored.rows)
        await self.directory.refresh()
        await self.costs.refresh()
        await self.lending.pool.refresh()

    async def sweep(self) -> None:
        await self.ledger.sweep(self.clock())
        await self.gallery.prune()
        if self.config.quota_fallback:
            # Which previews there are, only the upstreams' lists tell.
            self.services.catalog.learn()

    async def probe(self) -> None:
        if self.config.probe_credentials:
            await self.probes.run()

    async def prune(self) -> None:
        """Forgets what is older than the operator wants it, and does the rest of the chores."""
        if self.services.answers is not None:
            await self.services.answers.prune()
        await self.chores.tidy()

    async def close(self) -> None:
        self.made.close()
        await self.chores.close()
        await self.services.catalog.close()
        if self.services.answers is not None:
            await self.services.answers.close()
        await self.services.limits.close()
        await self.ledger.close()
        await self.lending.accounts.close()
        await self.lending.pool.close()
        await self.services.client.close()
        await self.gallery.close()


def build(live: Live, reader: Executor, clock: Clock) -> Rooms:
    """Nothing is read or opened yet. What may change while it runs follows `live`."""
    config, made = live.config, Made(live)
    lent = lending(made, reader, clock)
    directory = Directory(
        settings.POTLUCK_PEPPER, reads.grants, reader, password=config.api_password
    )
    costs = Costs(reads.costs, reader)
    ledger = Ledger(clock, hold=_HOLD)
    client = Client(
        connect=config.connect_timeout, idle=config.upstream_idle_timeout, proxy=config.proxy
    )
    catalog = Catalog(
        lambda: routes(), lent.pool, client, variants=made(lambda config: config.model_variants)
    )
    routes = made(partial(table, pool=lent.pool, catalog=catalog))
    made.then(lambda config: catalog.renew())
    gallery = pictures.gallery(config, settings.POTLUCK_VAULT_KEYS, clock)
    fetch = pictures.fetcher(config).fetch
    services = Services(
        directory=directory,
        ledger=ledger,
        costs=costs,
        pool=lent.pool,
        client=client,
        catalog=catalog,
        routes=routes,
        tuning=made(tuning.tuning),
        clock=clock,
        address=partial(_address, config),
        transcript=transcript,
        balance=partial(_balance, reader),
        inlined=pictures.fetching(config, made(lambda config: config.fetch_media)),
        gallery=gallery,
        limits=limiting.limits(made, reader),
        relay=Relay(client, made(tuning.terms), gallery, fetch),
        answers=answers.store(config, lent.vault, reader, clock),
    )
    prober = Prober(routes, catalog, client, clock, made(lambda config: dict(config.probe_models)))
    probes = Probes(lent.pool, lent.store, lent.vault, Agenda(lent.store), prober, clock)
    issuers = made(issuing.issuers)
    upkeep = Upkeep(lent.pool, lent.store, lent.vault, lent.accounts, lent.web, issuers)
    holds = made(lambda config: config)
    chores = Chores(holds, lent.calendar, clock, lambda: ledger.stats.records)
    rest = (probes, upkeep, chores, made, reader, clock)
    return Rooms(services, directory, costs, ledger, gallery, lent, *rest)


def lending(made: Made, reader: Executor, clock: Clock) -> Lending:
    """The credential pool."""
    config = made.live.config
    store, vault = Store(reader), Vault(settings.POTLUCK_VAULT_KEYS)
    asking = Web(partial(web.client, config.user_agent), proxy=config.proxy)
    held = accounts(made, Safe(store, vault), asking, clock)
    calendar = made(tuning.calendar)
    pro = made(lambda config: matcher(config.pro_models))
    rules = Rules(
        calls=made(lambda config: config.calls_per_rotation),
        strategy=made(lambda config: config.selection_strategy),
        pro=lambda model: pro()(model),
    )
    habits = Habits(rules, calendar, made(lambda config: config.session_affinity_seconds))
    pool = Pool(store, vault, made(tuning.policy), clock, habits=habits, bearers=held)
    return Lending(store, vault, asking, held, pool, calendar)


def table(config: Config, pool: Pool, catalog: Catalog) -> RouteTable:
    return RouteTable(
        upstreams.providers(config),
        aliases=dict(config.model_aliases),
        excluded=config.model_exclude,
        groups={"gemini_cli": upstreams.GOOGLE},
        rich=pool.providers,
        listed=catalog.names,
        detours=config.quota_fallback,
    )


def accounts(made: Made, safe: Safe, asking: Web, clock: Clock) -> Accounts:
    """What makes access tokens out of stored accounts."""
    tokens = Tokens(made(issuing.issuers), safe, asking, clock)
    projects = Projects(made.live.config.code_assist_endpoint, safe, asking, clock)
    return Accounts(tokens, projects, asking, clock)


def provide(config: Config) -> None:
    """Stores the credentials that the environment and the configuration file name."""
    shared.provide(config.api_password, settings.POTLUCK_PEPPER)
    vault = Vault(settings.POTLUCK_VAULT_KEYS)
    for name, kind, setting, secrets in (
        (upstreams.GEMINI, Kind.GEMINI_API, "GEMINI_API_KEYS", config.gemini_api_keys),
        (upstreams.OPENAI, Kind.OPENAI, "OPENAI_API_KEYS", config.openai_api_keys),
        (upstreams.ANTHROPIC, Kind.ANTHROPIC, "ANTHROPIC_API_KEYS", config.anthropic_api_keys),
    ):
        credentials.sync(vault, Source.ENV, name, kind=kind, secrets=secrets, called=setting)
    credentials.retire(Source.CONFIG, keep={each.name for each in config.providers})
    for each in config.providers:
        kind = upstreams.KINDS[each.kind]
        keys = each.api_keys
        credentials.sync(vault, Source.CONFIG, each.name, kind=kind, secrets=keys, called=each.name)
    envs.provide(vault, issuing.issuers(config), auto=config.auto_load_env_creds)


async def _balance(reader: Executor, key_id: int) -> Balance:
    return await asyncio.get_running_loop().run_in_executor(reader, balance.read, key_id)


def _address(config: Config, peer: str, forwarded: str) -> str:
    return address.client(peer, forwarded, config.trusted_proxies)
