"""What somebody with a key, or with a link to one, may ask about that one."""

from __future__ import annotations

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from keys import handouts, listing
from keys.models import ApiKey
from panel import audit
from panel.api import single
from panel.api.base import HolderView, PublicView
from panel.api.errors import Missing
from panel.api.shapes import keys as shapes
from panel.api.shapes import login


class QuotaView(HolderView):
    @extend_schema(responses=shapes.Quota, summary="What this key has left", tags=["holder"])
    def get(self, request: Request) -> Response:
        """It works for a key that is exhausted, switched off or expired, too."""
        found = single.holder(self.key_id, timezone.now())
        if found is None:
            raise ApiKey.DoesNotExist
        return Response(found)


class QueryView(PublicView):
    @extend_schema(
        request=login.Query, responses=shapes.Quota, summary="What a key has left", tags=["holder"]
    )
    def post(self, request: Request) -> Response:
        """The same for a key in the body. A wrong one takes as long to look up as a right one."""
        text = self.said(login.Query)["api_key"]
        key = listing.find(text, settings.POTLUCK_PEPPER)
        found = None if key is None else single.holder(key.pk, timezone.now())
        if found is None:
            raise ApiKey.DoesNotExist
        return Response(found)


class ClaimView(PublicView):
    @extend_schema(
        request=login.Claim, responses=shapes.Quota, summary="Claim a key", tags=["holder"]
    )
    def post(self, request: Request) -> Response:
        """Shows the key of a hand-out link: once, to the first who asks."""
        token, now = self.said(login.Claim)["token"], timezone.now()
        keys = settings.POTLUCK_VAULT_KEYS
        with transaction.atomic():
            found = handouts.claim(token, settings.POTLUCK_PEPPER, keys, now)
            if found is not None:
                audit.note(request._request, "handout.claim", f"key {found[0].pk}")
        if found is None:
            raise Missing("This link was used, or has expired, or never was one.")
        key, text = found
        return Response((single.holder(key.pk, now) or {}) | {"api_key": text})
