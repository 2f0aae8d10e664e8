"""The verbs that change keys and costs, for commands, the panel and the API.

Each is one transaction (`keys.change`). Those that name a key raise ApiKey.DoesNotExist.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Unpack

from django.db.models import F
from django.utils import timezone

from keys import attributes, days
from keys.attributes import Attributes, Invalid
from keys.change import allow, change, columns, enter, locked, write
from keys.making import Made, Offer, batch, create
from keys.models import ApiKey, EntryKind, KeyDay, ModelCost
from keys.revisions import COSTS

__all__ = [
    "BelowUse",
    "Invalid",
    "Made",
    "Offer",
    "batch",
    "create",
    "drop_cost",
    "edit",
    "flag",
    "grant",
    "refund",
    "renew",
    "reset",
    "resize",
    "revoke",
    "set_cost",
    "unflag",
    "withdraw",
]


class BelowUse(ValueError):
    """A total quota under what is used and reserved; `least` is the lowest that is possible."""

    def __init__(self, least: int) -> None:
        super().__init__(f"{least} units are used or reserved already")
        self.least = least


def edit(key_id: int, *, using: str = "default", **details: Unpack[Attributes]) -> ApiKey:
    """Changes the given attributes, and no units. Raises attributes.Invalid."""
    with locked(key_id, using) as key:
        found = attributes.parse(details, key.time_zone)
        if "model_daily" in found:
            allow(key, found["model_daily"])
        return write(key, **_expiry(key, columns(found)))


def _expiry(key: ApiKey, values: dict[str, Any]) -> dict[str, Any]:
    """A date, or none, ends counting from the first use; counting replaces a date."""
    after = values.get("days_from_first_use")
    if after is not None:
        used = key.first_used_at
        return values | {"expires_at": used and used + timedelta(days=after)}
    if "expires_at" in values:
        return values | {"days_from_first_use": None}
    stops = "days_from_first_use" in values and key.days_from_first_use is not None
    return values | {"expires_at": None} if stops else values


def revoke(key_id: int, *, using: str = "default") -> None:
    """Ends a key for ever. Its history stays; requests that run are still settled."""
    with locked(key_id, using) as key:
        write(key, deleted=True, enabled=False)


def flag(key_id: int, reason: str, *, now: datetime, using: str = "default") -> ApiKey:
    """Marks a key for a person to look at; it goes on working. The first reason stays."""
    with locked(key_id, using) as key:
        return key if key.flagged_at else write(key, flagged_at=now, flag_reason=reason[:200])


def unflag(key_id: int, *, using: str = "default") -> ApiKey:
    with locked(key_id, using) as key:
        return write(key, flagged_at=None, flag_reason="")


def resize(key_id: int, total: int | None, *, reason: str = "", using: str = "default") -> ApiKey:
    """Sets the total quota; None is unlimited. Raises BelowUse or attributes.Invalid."""
    total = attributes.quota(total)
    with locked(key_id, using) as key:
        return _resize(key, total, reason)


def grant(key_id: int, units: int, *, reason: str = "", using: str = "default") -> ApiKey:
    """Adds units to the total quota. Raises ValueError when the key is unlimited."""
    with locked(key_id, using) as key:
        if units <= 0 or key.total_quota is None:
            raise ValueError("only a limited key can be granted units, and at least one")
        return _resize(key, attributes.quota(key.total_quota + units), reason)


def withdraw(key_id: int, units: int, *, reason: str = "", using: str = "default") -> ApiKey:
    """Takes units off the total quota. Raises BelowUse, or ValueError when it is unlimited."""
    with locked(key_id, using) as key:
        if units <= 0 or key.total_quota is None:
            raise ValueError("units can only be withdrawn from a limited key, and at least one")
        return _resize(key, key.total_quota - units, reason)


def refund(key_id: int, units: int, *, reason: str = "", using: str = "default") -> ApiKey:
    """Gives back units that were charged. The allowance of a day stays as it was used."""
    with locked(key_id, using) as key:
        if not 0 < units <= key.used:
            raise ValueError(f"between 1 and {key.used} units can be refunded")
        return _give_back(key, EntryKind.REFUND, units, reason)


def reset(
    key_id: int, *, reason: str = "", now: datetime | None = None, using: str = "default"
) -> ApiKey:
    """Starts counting from zero again, the allowance of this day too."""
    with locked(key_id, using) as key:
        _renew(key, now or timezone.now(), reason)
        return _give_back(key, EntryKind.RESET, key.used, reason) if key.used else key


def renew(
    key_id: int, *, reason: str = "", now: datetime | None = None, using: str = "default"
) -> ApiKey:
    """Gives the whole allowance of this day again; the total stays as it was used."""
    with locked(key_id, using) as key:
        _renew(key, now or timezone.now(), reason)
        return key


def set_cost(pattern: str, units: int, *, using: str = "default") -> ModelCost:
    """Sets what a model name or glob costs. Raises ValueError."""
    pattern = pattern.strip().lower()
    if not 0 < len(pattern) <= 255:
        raise ValueError("a model name has 1 to 255 characters")
    if units < 0:
        raise ValueError("a cost is never negative")
    with change(COSTS, using):
        rows = ModelCost.objects.using(using)
        return rows.update_or_create(pattern=pattern, defaults={"units": units})[0]


def drop_cost(pattern: str, *, using: str = "default") -> bool:
    """Forgets what a name or glob costs; False if nothing was known."""
    with change(COSTS, using):
        rows = ModelCost.objects.using(using).filter(pattern=pattern.strip().lower())
        return rows.delete()[0] > 0


def _resize(key: ApiKey, total: int | None, reason: str) -> ApiKey:
    if total is not None and total < key.used + key.reserved:
        raise BelowUse(key.used + key.reserved)
    units = (total or 0) - (key.total_quota or 0)
    key = write(key, total_quota=total)
    if units:
        enter(key, EntryKind.GRANT if units > 0 else EntryKind.WITHDRAWAL, units, reason)
    return key


def _give_back(key: ApiKey, kind: EntryKind, units: int, reason: str) -> ApiKey:
    key = write(key, used=key.used - units)
    enter(key, kind, units, reason)
    return key


def _renew(key: ApiKey, now: datetime, reason: str) -> None:
    day = days.window(now, days.known(key.time_zone)).day
    rows = KeyDay.objects.using(key._state.db).filter(key=key, day=day, used__gt=0)
    for row in rows.order_by("pattern"):
        rows.filter(pk=row.pk).update(used=F("used") - row.used)
        enter(key, EntryKind.RENEWAL, row.used, reason, day=day, pattern=row.pattern)
