"""A key as a row of the list: what the page shows of it, and nothing else."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime

from django.db.models import Max, Q, Sum

from keys.models import ApiKey, UsageDay
from panel.pages.state import State, judge

_TYPED = 24
"""Characters of a label that nobody minds typing."""


@dataclass(frozen=True, slots=True)
class Row:
    """Units; `total` and `remaining` are None without a limit. `last` is the day of the last call,
    None if there was none."""

    id: int
    label: str
    owner: str
    masked: str
    state: State
    total: int | None
    used: int
    remaining: int | None
    today: int
    last: date | None
    expires_at: datetime | None
    flagged: str

    @property
    def name(self) -> str:
        return self.label or self.masked

    @property
    def typed(self) -> str:
        """What a person types to mean this key and no other."""
        return self.label if 0 < len(self.label) <= _TYPED else self.masked


@dataclass(frozen=True, slots=True)
class _Glance:
    today: int = 0
    last: date | None = None


def rows(keys: Sequence[ApiKey], now: datetime) -> list[Row]:
    seen = _glances([key.pk for key in keys], now.astimezone(UTC).date())
    return [row(key, now, seen.get(key.pk, _Glance())) for key in keys]


def row(key: ApiKey, now: datetime, glance: _Glance | None = None) -> Row:
    glance = glance or _Glance()
    total = key.total_quota
    remaining = None if total is None else max(total - key.used - key.reserved, 0)
    return Row(
        id=key.pk,
        label=key.description,
        owner=key.owner,
        masked=key.masked,
        state=judge(
            enabled=key.enabled,
            expires_at=key.expires_at,
            total=total,
            remaining=remaining,
            now=now,
        ),
        total=total,
        used=key.used,
        remaining=remaining,
        today=glance.today,
        last=glance.last,
        expires_at=key.expires_at,
        flagged=key.flag_reason if key.flagged_at else "",
    )


def _glances(ids: Collection[int], today: date) -> dict[int, _Glance]:
    found = UsageDay.objects.filter(key_id__in=ids).values("key_id").order_by()
    found = found.annotate(last=Max("day"), today=Sum("units", filter=Q(day=today)))
    return {row["key_id"]: _Glance(int(row["today"] or 0), row["last"]) for row in found}
