"""`/auth/keys`: made, listed, read, changed, ended."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from keys import listing, overview, services
from keys.listing import Sort, Wanted
from keys.making import Made, Offer
from panel import keeping
from panel.api import single
from panel.api.base import View
from panel.api.shapes import keys as shapes

_AUTHOR = "administrator"


class KeysView(View):
    @extend_schema(
        operation_id="auth_keys_list",
        parameters=[shapes.KeysWanted],
        responses=shapes.Keys,
        summary="List keys",
        tags=["keys"],
    )
    def get(self, request: Request) -> Response:
        wanted, now = self.wanted(shapes.KeysWanted), timezone.now()
        which, pepper = Wanted(wanted["search"], wanted["state"] or ()), settings.POTLUCK_PEPPER
        sort = wanted["sort"]
        try:
            page = listing.page(
                which,
                pepper,
                now,
                sort=Sort(sort.removeprefix("-")),
                descending=sort.startswith("-"),
                after=wanted["cursor"],
                size=wanted["limit"],
            )
        except ValueError as error:
            raise services.Invalid({"cursor": f"cursor: {error}."}) from None
        total = listing.count(which, pepper, now)
        found = {"total_keys": total, "keys": single.lines(page.keys), "next": page.next}
        return Response(shapes.Keys(found).data)

    @extend_schema(
        request=shapes.KeyNew,
        responses={201: shapes.KeyMade},
        summary="Make a key",
        tags=["keys"],
    )
    def post(self, request: Request) -> Response:
        """The answer is the only one that ever shows the key."""
        made = _make(request, 1, self.said(shapes.KeyNew))
        return Response(shapes.KeyMade(made[0]).data, status=201)


class BatchView(View):
    @extend_schema(
        request=shapes.KeysNew,
        responses={201: shapes.KeysMade},
        summary="Make many keys",
        tags=["keys"],
    )
    def post(self, request: Request) -> Response:
        said = self.said(shapes.KeysNew)
        made = _make(request, said.pop("count"), said)
        return Response(shapes.KeysMade({"keys": made}).data, status=201)


class KeyView(View):
    """`api_key` is the id, or the whole key."""

    @extend_schema(responses=shapes.KeyDetail, summary="Read a key", tags=["keys"])
    def get(self, request: Request, api_key: str) -> Response:
        return Response(single.detail(single.identify(api_key), timezone.now()))

    @extend_schema(
        request=shapes.KeyEdit, responses=shapes.KeyDetail, summary="Change a key", tags=["keys"]
    )
    def patch(self, request: Request, api_key: str) -> Response:
        """Its quota is moved by `grant`, `withdraw`, `refund`, `reset` and `resize`."""
        key_id = single.identify(api_key)
        keeping.edit(request._request, key_id, **self.said(shapes.KeyEdit))
        return Response(single.detail(key_id, timezone.now()))

    @extend_schema(responses={204: None}, summary="End a key for ever", tags=["keys"])
    def delete(self, request: Request, api_key: str) -> Response:
        """Its history stays, and requests that run are still settled."""
        keeping.delete(request._request, single.identify(api_key))
        return Response(status=204)


def _make(request: Request, count: int, said: dict[str, Any]) -> list[dict[str, Any]]:
    days, total = said.pop("link_days"), said.pop("total_quota")
    until = timezone.now() + timedelta(days=days) if days else None
    offer = Offer(tuple(settings.POTLUCK_VAULT_KEYS), until) if until else None
    made = keeping.make(
        request._request, count, total=total, offer=offer, created_by=_AUTHOR, **said
    )
    allowed = overview.allowances([each.key.pk for each in made])
    return [_shown(each, allowed[each.key.pk], until) for each in made]


def _shown(made: Made, models: dict[str, int], until: datetime | None) -> dict[str, Any]:
    link = {"token": made.token, "expires_at": until} if made.token else None
    shown = overview.balance(made.key, {}) | overview.attributes(made.key, models)
    return shown | {"api_key": made.secret, "hand_out": link}
