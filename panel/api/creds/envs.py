"""`/auth/load-env-creds`, `/auth/env-creds` and `/auth/env-creds-status`: accounts that
environment variables name."""

from __future__ import annotations

from django.db import transaction
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from credentials import envs
from panel import audit, tending
from panel.api.creds.base import CredView
from panel.api.shapes import credfiles as shapes

_TARGET = "the environment"


class EnvStatusView(CredView):
    @extend_schema(
        responses=shapes.EnvStatus,
        summary="Accounts in environment variables",
        tags=["credentials"],
    )
    def get(self, request: Request) -> Response:
        """Their names, and what of them is stored; never what they hold."""
        return Response(shapes.EnvStatus(envs.status(tending.vault(), tending.issuers())).data)


class EnvLoadView(CredView):
    @extend_schema(
        request=None,
        responses=shapes.EnvLoaded,
        summary="Load accounts from environment variables",
        tags=["credentials"],
    )
    def post(self, request: Request) -> Response:
        """Adds what is missing and disables what no variable names any more. The same call twice
        changes nothing the second time."""
        with transaction.atomic():
            found = envs.load(tending.vault(), tending.issuers())
            done = found.synced
            after = {"added": done.added, "enabled": done.enabled, "disabled": done.disabled}
            if any(after.values()):
                audit.note(request._request, "credential.load", _TARGET, after=after)
        return Response(shapes.EnvLoaded(found).data)


class EnvView(CredView):
    @extend_schema(
        request=None,
        responses=shapes.EnvCleared,
        summary="Remove the accounts of environment variables",
        tags=["credentials"],
    )
    def delete(self, request: Request) -> Response:
        """With their secrets; loading brings back what is still in the environment."""
        with transaction.atomic():
            removed = envs.clear()
            if removed:
                after = {"removed": removed}
                audit.note(request._request, "credential.unload", _TARGET, after=after)
        return Response(shapes.EnvCleared({"removed": removed}).data)
