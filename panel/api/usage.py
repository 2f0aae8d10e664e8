"""`/usage`: what credentials have done today, and what they may do."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from credentials import listing, totals
from panel import tending
from panel.api.creds import action
from panel.api.creds.base import CredView
from panel.api.creds.status import paged
from panel.api.shapes import creds, usage
from panel.tending import Done

_CAPS = ("minute_cap", "day_cap", "pro_cap")


class StatsView(CredView):
    @extend_schema(
        operation_id="usage_stats",
        parameters=[creds.CredsWanted],
        responses=usage.UsageStats,
        summary="What each credential did today",
        tags=["credentials"],
    )
    def get(self, request: Request) -> Response:
        """Filtered, sorted and paged as the list of credentials."""
        which, page = paged(self.wanted(creds.CredsWanted), now := timezone.now())
        total = listing.count(which, now, calendar=tending.calendar())
        found = {"total": total, "creds": page.rows, "next": page.next}
        return Response(usage.UsageStats(found).data)


class AggregatedView(CredView):
    @extend_schema(
        responses=usage.UsageAggregated,
        summary="What the pool did today",
        tags=["credentials"],
    )
    def get(self, request: Request) -> Response:
        found = totals.today(timezone.now(), tending.calendar())
        return Response(usage.UsageAggregated(found).data)


class LimitsView(CredView):
    @extend_schema(
        request=usage.LimitsNew,
        responses=creds.CredsDone,
        summary="Set what credentials may be used for",
        tags=["credentials"],
    )
    def post(self, request: Request) -> Response:
        """What was counted today still counts."""
        said = self.said(usage.LimitsNew)
        caps = {name: said[name] for name in _CAPS if name in said}
        found = _each(said, lambda ids: tending.limit(request._request, ids, caps))
        return Response(creds.CredsDone(found).data)


class ResetView(CredView):
    @extend_schema(
        request=usage.Chosen,
        responses=creds.CredsDone,
        summary="Count today from zero",
        tags=["credentials"],
    )
    def post(self, request: Request) -> Response:
        """Caps stay; a credential whose daily cap was used up serves again."""
        said = self.said(usage.Chosen)
        found = _each(said, lambda ids: tending.reset(request._request, ids))
        return Response(creds.CredsDone(found).data)


def _each(said: dict[str, Any], act: Callable[[list[int] | None], list[Done]]) -> dict[str, Any]:
    if said.get("all"):
        done = act(None)
        return {"success_count": len(done), "total_count": len(done), "errors": []}
    return action.each(action.names(said), act)
