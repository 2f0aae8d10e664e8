"""What a key has and has used, as its owner and the API see it.

Runs on a reader thread, never on the loop.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date, datetime
from typing import Any

from django.db.models import Prefetch

from keys import days, usage
from keys.days import Window
from keys.models import ApiKey, KeyDay, KeyModelAllowance
from keys.stored import reading
from keys.usage import Used

Shown = dict[str, Any]
"""JSON, but for datetimes, which are aware."""


def of_key(key_id: int, now: datetime, *, using: str = "default") -> Shown | None:
    """The answer of `GET /auth/quota`; None for a key that is gone.

    Units; null where there is no limit. `reset_at` is when the daily allowances come back. It
    works for a key that is exhausted, switched off or expired too.
    """
    return reading(using, _of_key, key_id, now, using)


def _of_key(key_id: int, now: datetime, using: str) -> Shown | None:
    rows = ApiKey.objects.using(using).filter(pk=key_id, deleted=False)
    patterns = KeyModelAllowance.objects.using(using).order_by("pattern")
    key = rows.prefetch_related(Prefetch("allowances", patterns)).first()
    if key is None:
        return None
    models = usage.by_model([key_id], using=using)[key_id]
    return balance(key, models) | daily(key, now, using)


def balance(key: ApiKey, models: Mapping[str, Used]) -> Shown:
    """What a list shows of a key, without its days."""
    total, used = key.total_quota, key.used
    return {
        "id": key.pk,
        "api_key": key.masked,
        "description": key.description,
        "created_at": key.created_at,
        "expires_at": key.expires_at,
        "enabled": key.enabled,
        "total_quota": total,
        "used_quota": used,
        "reserved_quota": key.reserved,
        "remaining_quota": None if total is None else max(total - used - key.reserved, 0),
        "usage_percentage": round(100 * used / total, 2) if total else None,
        "model_stats": {
            name: {"calls": each.calls, "failed": each.failed, "units": each.units}
            for name, each in models.items()
        },
    }


def attributes(key: ApiKey, models: Mapping[str, int]) -> Shown:
    """What else an administrator sees, in the form that `keys.attributes` reads. `models` are the
    daily allowances (`allowances`)."""
    return {
        "owner": key.owner,
        "created_by": key.created_by,
        "days_from_first_use": key.days_from_first_use,
        "first_used_at": key.first_used_at,
        "daily_quota": key.daily_quota,
        "time_zone": key.time_zone,
        "model_daily": dict(models),
        "rpm": key.rpm,
        "concurrency": key.concurrency,
        "waiting": key.waiting,
        "models": key.allowed_models.split(),
        "networks": key.allowed_networks.split(),
        "flagged_at": key.flagged_at,
        "flag_reason": key.flag_reason,
    }


def allowances(key_ids: Collection[int], *, using: str = "default") -> dict[int, dict[str, int]]:
    """Key id → pattern → units a day."""
    found: dict[int, dict[str, int]] = {key_id: {} for key_id in key_ids}
    rows = KeyModelAllowance.objects.using(using).filter(key_id__in=key_ids).order_by("pattern")
    for key_id, pattern, units in reading(
        using, list, rows.values_list("key_id", "pattern", "units")
    ):
        found[key_id][pattern] = units
    return found


def daily(key: ApiKey, now: datetime, using: str = "default") -> Shown:
    """The allowances of this day; what is used in a day is not counted of a key without any."""
    allowed = {each.pattern: each.units for each in key.allowances.all()}
    limited = key.daily_quota is not None or bool(allowed)
    window: Window = days.window(now, days.known(key.time_zone))
    taken = _taken(key.pk, window.day, using) if limited else {}
    whole = _line(key.daily_quota, *taken.get("", (0, 0)))
    return {
        "daily_quota": key.daily_quota,
        "daily_used": whole["used"] if limited else None,
        "daily_remaining": whole["remaining"],
        "daily_models": {
            pattern: _line(units, *taken.get(pattern, (0, 0))) for pattern, units in allowed.items()
        },
        "time_zone": key.time_zone,
        "reset_at": window.resets_at if limited else None,
    }


def _taken(key_id: int, day: date, using: str) -> dict[str, tuple[int, int]]:
    rows = KeyDay.objects.using(using).filter(key_id=key_id, day=day)
    found = rows.values_list("pattern", "used", "reserved")
    return {pattern: (used, reserved) for pattern, used, reserved in found}


def _line(quota: int | None, used: int, reserved: int) -> Shown:
    left = None if quota is None else max(quota - used - reserved, 0)
    return {"quota": quota, "used": used, "remaining": left}
