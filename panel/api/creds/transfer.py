"""`/creds/download`: credentials with their secrets, for a backup or a move. Each is noted.

What people have contributed is left out: its lenders were promised that nobody is shown it.
"""

from __future__ import annotations

from typing import Any

from django.http import HttpResponseBase
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.request import Request

from credentials import export
from panel import cargo
from panel.api.creds.base import CredView, identify
from panel.api.errors import Conflict

_FILE = OpenApiResponse(OpenApiTypes.BINARY, description="A file")


class _Any(BaseContentNegotiation):
    """Whatever is asked for: the answer is a file, an error is JSON."""

    def select_renderer(
        self, request: Request, renderers: Any, format_suffix: str | None = None
    ) -> tuple[Any, str]:
        return renderers[0], renderers[0].media_type


class FileView(CredView):
    content_negotiation_class = _Any


class DownloadView(FileView):
    """`credential` is the id, or the name of its file."""

    @extend_schema(
        responses={(200, "application/json"): _FILE},
        summary="Download a credential",
        tags=["credentials"],
    )
    def get(self, request: Request, credential: str) -> HttpResponseBase:
        """With its secret in clear. 409 for one that was contributed."""
        id = identify(credential)
        try:
            return cargo.one(request._request, id)
        except export.Lent:
            text = "It was contributed: nobody is shown its secret."
            raise Conflict(text, code="contributed") from None
        except ValueError as error:
            raise Conflict(str(error), code="damaged") from None


class DownloadAllView(FileView):
    @extend_schema(
        responses={(200, "application/zip"): _FILE},
        summary="Download all credentials",
        tags=["credentials"],
    )
    def get(self, request: Request) -> HttpResponseBase:
        """A ZIP file with their secrets in clear, but for those that were contributed."""
        return cargo.several(request._request)
