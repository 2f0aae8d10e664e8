"""Reads of the database for snapshots. Runs on a reader thread, never on the loop."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any, ParamSpec, TypeVar

from django.db import connections
from django.db.utils import InterfaceError, OperationalError

from keys import attributes
from keys.address import Network
from keys.cost import CostRows
from keys.directory import Change, Changes, Grant
from keys.models import ApiKey, ModelCost, Revision
from keys.revisions import COSTS, KEYS

_LABEL = 80
"""Characters of a description that are kept in memory, for logs."""

P = ParamSpec("P")
T = TypeVar("T")


def grants(since: int, *, using: str = "default") -> Changes | None:
    """Keys that changed after revision `since` (-1: all of them); None if none did."""
    return reading(using, _grants, since, using)


def costs(since: int, *, using: str = "default") -> CostRows | None:
    """The cost table, if it changed after revision `since`."""
    return reading(using, _costs, since, using)


def reading(using: str, query: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """A connection that died since the last time is replaced."""
    try:
        return query(*args, **kwargs)
    except (OperationalError, InterfaceError):
        connections[using].close()
        return query(*args, **kwargs)


def _grants(since: int, using: str) -> Changes | None:
    revision = _revision(KEYS, using)
    if revision == since:
        return None
    # A restored backup may be older than what is in memory: then everything is read again.
    whole = not 0 <= since < revision
    rows = ApiKey.objects.using(using)
    rows = rows.filter(deleted=False) if whole else rows.filter(revision__gt=since)
    found = rows.values_list(*_COLUMNS)
    return Changes(revision, [_change(row) for row in found.iterator()], whole)


_COLUMNS = (
    *("id", "digest", "deleted", "description", "masked", "enabled", "expires_at"),
    *("allowed_models", "allowed_networks", "rpm", "concurrency", "waiting"),
    *("daily_quota", "model_daily", "days_from_first_use", "first_used_at"),
)


def _change(row: tuple[Any, ...]) -> Change:
    key_id, digest, deleted, description, masked, enabled, expires_at, *limits = row
    models, networks, rpm, concurrency, waiting, daily, model_daily, after, first_used = limits
    if deleted:
        return Change(key_id, bytes(digest), None)
    grant = Grant(
        key_id,
        (description or masked)[:_LABEL],
        enabled,
        expires_at,
        _globs(models),
        _networks(networks),
        rpm,
        concurrency,
        waiting,
        daily is not None or model_daily,
        after is not None and first_used is None,
    )
    return Change(key_id, bytes(digest), grant)


@lru_cache(maxsize=4096)
def _globs(text: str) -> tuple[str, ...]:
    """Keys that were made together share one tuple."""
    return tuple(text.split())


@lru_cache(maxsize=4096)
def _networks(text: str) -> tuple[Network, ...]:
    return attributes.networks(text.split())


def _costs(since: int, using: str) -> CostRows | None:
    revision = _revision(COSTS, using)
    if revision == since:
        return None
    rows = ModelCost.objects.using(using).values_list("pattern", "units")
    return CostRows(revision, list(rows))


def _revision(name: str, using: str) -> int:
    # Read before the rows: a change in between is then read twice rather than never.
    found = Revision.objects.using(using).filter(name=name).values_list("value", flat=True)
    return found.first() or 0
