"""What happened to a key: its ledger, and its usage by model and day."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from keys import usage
from keys.models import ApiKey
from panel import fresh
from panel.api import single
from panel.api.base import HolderView, View
from panel.api.shapes import history as shapes

_USUAL = timedelta(days=29)


class LedgerView(View):
    @extend_schema(
        parameters=[shapes.EntriesWanted],
        responses=shapes.Entries,
        summary="Read a key's ledger",
        tags=["quota"],
    )
    def get(self, request: Request, api_key: str) -> Response:
        key_id, wanted = _existing(api_key), self.wanted(shapes.EntriesWanted)
        page = usage.entries(key_id, before=wanted["cursor"], size=wanted["limit"])
        return Response(shapes.Entries(page).data)


class UsageView(View):
    @extend_schema(
        parameters=[shapes.UsageWanted],
        responses=shapes.Usage,
        summary="Read what a key used",
        tags=["quota"],
    )
    def get(self, request: Request, api_key: str) -> Response:
        return Response(_usage(_existing(api_key), self.wanted(shapes.UsageWanted)))


class OwnUsageView(HolderView):
    @extend_schema(
        parameters=[shapes.UsageWanted],
        responses=shapes.Usage,
        summary="What this key used",
        tags=["holder"],
    )
    def get(self, request: Request) -> Response:
        fresh.settled()
        return Response(_usage(self.key_id, self.wanted(shapes.UsageWanted)))


def _existing(api_key: str) -> int:
    key_id = single.identify(api_key)
    if not ApiKey.objects.filter(pk=key_id, deleted=False).exists():
        raise ApiKey.DoesNotExist
    return key_id


def _usage(key_id: int, wanted: dict[str, Any]) -> dict[str, Any]:
    since, until = _span(wanted["since"], wanted["until"], timezone.now())
    found = {"since": since, "until": until, "days": usage.series(key_id, since, until)}
    return {**shapes.Usage(found).data}


def _span(since: date | None, until: date | None, now: datetime) -> tuple[date, date]:
    """30 days up to today, or up to or from the one day that is named."""
    today = now.astimezone(UTC).date()
    if until is None:
        until = today if since is None else min(max(today, since), since + 12 * _USUAL)
    return (until - _USUAL if since is None else since), until
