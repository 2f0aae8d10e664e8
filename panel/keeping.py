"""What the administrator does to keys and costs, from a page, through the API or by a command.

Every change is noted in the audit trail, in its own transaction; what changes nothing is not.
Each raises what its verb of `keys.services` does. `request` None: a command does it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Unpack

from django.conf import settings
from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone

from keys import attributes, overview, services
from keys.attributes import Attributes
from keys.making import Made, Offer
from keys.models import ApiKey, ModelCost
from panel import audit

QUOTA = 1_000
"""Units of a new key of which nobody has said how many: without a limit it is only on purpose."""

_ATTRIBUTES = (
    *("description", "owner", "enabled", "expires_at", "days_from_first_use"),
    *("daily_quota", "time_zone", "model_daily", "rpm", "concurrency", "waiting"),
    *("models", "networks", "flag_reason"),
)
_QUOTA = ("total_quota", "used_quota")


def make(
    request: HttpRequest | None,
    count: int,
    *,
    total: int | None,
    offer: Offer | None = None,
    **details: Unpack[Attributes],
) -> Sequence[Made]:
    """One entry for all of them."""
    wanted: Attributes = {"time_zone": zone(), **details}
    attributes.ahead(attributes.parse(wanted), timezone.now())
    with transaction.atomic():
        made = services.batch(settings.POTLUCK_PEPPER, count, total=total, offer=offer, **wanted)
        first, last = made[0].key, made[-1].key
        many = f"keys {first.pk} to {last.pk}"
        given = {name: value for name, value in details.items() if value not in (None, "", ())}
        after = {"total_quota": total, **given, **({"count": count} if count > 1 else {})}
        if offer is not None:
            after["link_until"] = offer.until
        audit.note(request, "key.create", many if count > 1 else _named(first.pk), after=after)
    return made


def zone() -> str:
    """TIME_ZONE: where the day of a new key begins unless somebody says it."""
    return str(getattr(getattr(settings, "POTLUCK", None), "time_zone", "UTC"))


def edit(request: HttpRequest, key_id: int, **details: Unpack[Attributes]) -> None:
    """Of a key that was over before, the expiry may stay over."""
    with transaction.atomic():
        old, new = _noted(request, "edit", key_id, lambda: services.edit(key_id, **details))
        now, was = timezone.now(), old.get("expires_at")
        if details.get("expires_at") and "expires_at" in new and (was is None or was > now):
            attributes.ahead({"expires_at": new["expires_at"]}, now)


def switch(request: HttpRequest, key_id: int, *, on: bool) -> None:
    verb = "enable" if on else "disable"
    _noted(request, verb, key_id, lambda: services.edit(key_id, enabled=on))


def unflag(request: HttpRequest, key_id: int) -> None:
    _noted(request, "unflag", key_id, lambda: services.unflag(key_id))


def delete(request: HttpRequest | None, key_id: int) -> None:
    with transaction.atomic():
        before = _state(key_id, ("description", "owner", *_QUOTA))
        services.revoke(key_id)
        audit.note(request, "key.delete", _named(key_id), before=before)


def move(
    request: HttpRequest | None,
    verb: Callable[..., object],
    key_id: int,
    reason: str = "",
    **named: Any,
) -> None:
    """`verb` is one of `keys.services` that moves a quota."""
    with transaction.atomic():
        before = _state(key_id, _QUOTA)
        verb(key_id, reason=reason, **named)
        after = _state(key_id, _QUOTA)
        old, new = _apart(before, after)
        told = {"reason": reason} if reason else {}
        name = f"key.{verb.__name__}"
        audit.note(request, name, _named(key_id), before=old, after={**new, **told})


def price(request: HttpRequest, pattern: str, units: int) -> ModelCost:
    with transaction.atomic():
        before = _units(pattern)
        row = services.set_cost(pattern, units)
        if before != row.units:
            old = {} if before is None else {"units": before}
            audit.note(request, "cost.set", row.pattern, before=old, after={"units": row.units})
    return row


def unprice(request: HttpRequest, pattern: str) -> bool:
    """False where nothing was known."""
    with transaction.atomic():
        before = _units(pattern)
        gone = services.drop_cost(pattern)
        if gone:
            audit.note(request, "cost.drop", pattern, before={"units": before})
    return gone


def _noted(
    request: HttpRequest, verb: str, key_id: int, act: Callable[[], object]
) -> tuple[dict[str, Any], dict[str, Any]]:
    """What has another value now: before, and after."""
    with transaction.atomic():
        before = _state(key_id, _ATTRIBUTES)
        act()
        old, new = _apart(before, _state(key_id, _ATTRIBUTES))
        if new:
            audit.note(request, f"key.{verb}", _named(key_id), before=old, after=new)
    return old, new


def _state(key_id: int, names: Sequence[str]) -> dict[str, Any]:
    """Raises ApiKey.DoesNotExist."""
    key = ApiKey.objects.get(pk=key_id, deleted=False)
    models = overview.allowances([key_id])[key_id]
    shown = overview.balance(key, {}) | overview.attributes(key, models)
    return {name: shown[name] for name in names}


def _apart(before: dict[str, Any], after: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """What differs."""
    names = [name for name in before if before[name] != after[name]]
    return {name: before[name] for name in names}, {name: after[name] for name in names}


def _units(pattern: str) -> int | None:
    rows = ModelCost.objects.filter(pattern=pattern.strip().lower())
    return rows.values_list("units", flat=True).first()


def _named(key_id: int) -> str:
    return f"key {key_id}"
