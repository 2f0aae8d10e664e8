"""`/creds/status`, and one credential: read and changed."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from credentials import editing, listing
from credentials.listing import Page, Sort, Wanted
from panel import tending
from panel.api.creds.base import CredView, identify
from panel.api.errors import Conflict
from panel.api.shapes import creds as shapes


class StatusView(CredView):
    @extend_schema(
        operation_id="creds_status",
        parameters=[shapes.CredsWanted],
        responses=shapes.Creds,
        summary="List credentials",
        tags=["credentials"],
    )
    def get(self, request: Request) -> Response:
        which, page = paged(self.wanted(shapes.CredsWanted), now := timezone.now())
        calendar = tending.calendar()
        found = {
            "total": listing.count(which, now, calendar=calendar),
            "counts": listing.counts(now, calendar=calendar),
            "creds": page.rows,
            "next": page.next,
        }
        return Response(shapes.Creds(found).data)


class CredentialView(CredView):
    """`credential` is the id, or the name of its file."""

    @extend_schema(responses=shapes.CredDetail, summary="Read a credential", tags=["credentials"])
    def get(self, request: Request, credential: str) -> Response:
        return Response(_detail(identify(credential)))

    @extend_schema(
        request=shapes.CredEdit,
        responses=shapes.CredDetail,
        summary="Change a credential",
        tags=["credentials"],
    )
    def patch(self, request: Request, credential: str) -> Response:
        """Running gateways take it over within a second. Its secret cannot be changed: bring
        another one. 409 where somebody would be shown the secret of one that was contributed."""
        id, said = identify(credential), self.said(shapes.CredEdit)
        try:
            tending.edit(request._request, id, said)
        except editing.Lent as lent:
            raise Conflict(str(lent), code="contributed") from None
        return Response(_detail(id))


def paged(said: dict[str, Any], now: datetime) -> tuple[Wanted, Page]:
    """What a query string wants, and the page of it."""
    which, sort = wanted(said), said["sort"]
    try:
        page = listing.page(
            which,
            now,
            sort=Sort(sort.removeprefix("-")),
            descending=sort.startswith("-"),
            after=said["cursor"],
            size=said["limit"],
            calendar=tending.calendar(),
        )
    except ValueError as error:
        raise ValidationError({"cursor": [f"{error}."]}) from None
    return which, page


def wanted(said: dict[str, Any]) -> Wanted:
    """Which credentials a query string means."""
    return Wanted(
        search=said["search"],
        kinds=said["kind"] or (),
        providers=said["provider"] or (),
        states=said["state"] or (),
        sources=said["source"] or (),
        code=said["error_code"],
        model=said["cooling"],
    )


def _detail(id: int) -> dict[str, Any]:
    found = listing.detail(tending.vault(), id, timezone.now(), calendar=tending.calendar())
    return {**shapes.CredDetail(found).data}
