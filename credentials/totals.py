"""What the pool has done today: sums over credentials, by provider."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

import msgspec
from django.db.models import Case, Count, F, IntegerField, Q, Sum, Value, When
from django.db.models.functions import Least

from credentials import filters
from credentials.caps import Calendar


class Total(msgspec.Struct, frozen=True, kw_only=True):
    """Of some credentials. `day_cap` is how many calls those with a daily cap may send together,
    `uncapped` how many have none; only those that are enabled count in both."""

    credentials: int = 0
    calls: int = 0
    served: int = 0
    pro_calls: int = 0
    day_cap: int = 0
    uncapped: int = 0


class Totals(msgspec.Struct, frozen=True):
    """Of the day that ends at `reset_at`."""

    reset_at: datetime
    total: Total
    providers: Mapping[str, Total]


def today(now: datetime, calendar: Calendar, *, using: str = "default") -> Totals:
    """One query. As stored, which is at most ten seconds behind."""
    day = calendar.day(now)
    rows = (
        filters.living(using)
        .values("provider")
        .annotate(
            credentials=Count("pk"),
            sent=_sum("calls", Q(day=day)),
            answered=_sum("served", Q(day=day)),
            pro=_sum("pro_calls", Q(day=day)),
            cap=Sum(_CAP, default=0),
            uncapped=Count("pk", filter=Q(enabled=True, held=False, day_cap=0, lender_cap=0)),
        )
    )
    providers = {
        row["provider"]: Total(
            credentials=row["credentials"],
            calls=row["sent"],
            served=row["answered"],
            pro_calls=row["pro"],
            day_cap=row["cap"],
            uncapped=row["uncapped"],
        )
        for row in rows.order_by("provider")
    }
    summed = {
        name: sum(getattr(each, name) for each in providers.values())
        for name in Total.__struct_fields__
    }
    return Totals(calendar.end(day), Total(**summed), providers)


_CAP = Case(
    When(Q(enabled=False) | Q(held=True), then=Value(0)),
    When(day_cap=0, then=F("lender_cap")),
    When(lender_cap=0, then=F("day_cap")),
    default=Least("day_cap", "lender_cap"),
    output_field=IntegerField(),
)


def _sum(column: str, which: Q) -> Sum:
    return Sum(column, filter=which, default=0)
