"""One key as the API shows it, and which one an address means."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from django.conf import settings

from keys import listing, overview, usage
from keys.models import ApiKey
from panel import fresh
from panel.api.shapes import keys as shapes


def identify(text: str) -> int:
    """The id of a key, from its id or its whole text. Raises ApiKey.DoesNotExist."""
    if text.isascii() and text.isdigit() and len(text) <= 18:
        return int(text)
    key = listing.find(text, settings.POTLUCK_PEPPER)
    if key is None:
        raise ApiKey.DoesNotExist
    return key.pk


def detail(key_id: int, now: datetime) -> dict[str, Any]:
    """Raises ApiKey.DoesNotExist."""
    key = ApiKey.objects.get(pk=key_id, deleted=False)
    quota = overview.of_key(key_id, now)
    if quota is None:
        raise ApiKey.DoesNotExist
    allowed = overview.allowances([key_id])[key_id]
    return {**shapes.KeyDetail(overview.attributes(key, allowed) | quota).data}


def holder(key_id: int, now: datetime) -> dict[str, Any] | None:
    """What the holder of the key sees; None when it is gone."""
    fresh.settled()
    quota = overview.of_key(key_id, now)
    return None if quota is None else {**shapes.Quota(quota).data}


def lines(keys: Collection[ApiKey]) -> list[dict[str, Any]]:
    """The keys of a list, with two queries for all of them."""
    ids = [key.pk for key in keys]
    models, allowed = usage.by_model(ids), overview.allowances(ids)
    return [
        overview.balance(key, models[key.pk]) | overview.attributes(key, allowed[key.pk])
        for key in keys
    ]
