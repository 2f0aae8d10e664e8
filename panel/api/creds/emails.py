"""`/creds/fetch-email` and `/creds/refresh-all-emails`: whose accounts they are."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from credentials import upkeep
from credentials.models import Credential
from panel import tending
from panel.api.creds.action import summed
from panel.api.creds.base import CredView, identify
from panel.api.shapes import creds as shapes
from panel.tending import Done


class EmailView(CredView):
    """`credential` is the id, or the name of its file."""

    @extend_schema(
        request=None,
        responses=shapes.CredEmail,
        summary="Find an account's e-mail address",
        tags=["credentials"],
    )
    def post(self, request: Request, credential: str) -> Response:
        """Asks the account's provider; an API key has none."""
        (done,) = tending.emails(request._request, [identify(credential)])
        return Response(shapes.CredEmail(_email(done)).data)


class EmailsView(CredView):
    @extend_schema(
        request=shapes.EmailsWanted,
        responses=shapes.CredEmails,
        summary="Find the e-mail addresses of all accounts",
        tags=["credentials"],
    )
    def post(self, request: Request) -> Response:
        """Fifty at a time, in the order of their ids, those without an address only."""
        said = self.said(shapes.EmailsWanted)
        rows = _accounts(known=said["known"]).filter(pk__gt=said["after"])
        ids = list(rows.values_list("pk", flat=True)[: tending.ASKED + 1])
        now, later = ids[: tending.ASKED], ids[tending.ASKED :]
        done = tending.emails(request._request, now) if now else []
        found = summed([str(each.id) for each in done], done)
        found["emails"] = [_email(each) for each in done]
        found["next"] = now[-1] if later else None
        return Response(shapes.CredEmails(found).data)


def _accounts(*, known: bool) -> QuerySet[Credential]:
    rows = Credential.objects.filter(kind__in=upkeep.personal(), deleted_at=None).order_by("pk")
    return rows if known else rows.exclude(extra__has_key="email")


def _email(done: Done) -> dict[str, Any]:
    email, message = (done.message, "") if done.ok else ("", done.message)
    return {"id": done.id, "email": email, "message": message}
