"""`/auth/logs/…`: the log's last lines as a file, and away with them. `WS /auth/logs/stream` is
`panel.logs.consumer`."""

from __future__ import annotations

import os
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.http import HttpResponse
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from panel import audit
from panel.api.base import View
from panel.api.errors import Conflict
from panel.api.shapes import logs as shapes
from panel.logs import replay
from panel.logs.handler import ring
from panel.logs.wanted import Wanted

_NO_FILE = "There is no log file: LOG_FILE is not set. Ask for origin=memory."
_UNREADABLE = "The log file cannot be read; look at LOG_FILE and its permissions."


class ClearView(View):
    @extend_schema(
        request=None, responses=shapes.Cleared, summary="Clear the live log", tags=["logs"]
    )
    def post(self, request: Request) -> Response:
        """Of the process that answers. LOG_FILE is left alone."""
        gone, _ = ring.clear()
        audit.note(request._request, "log.clear", after={"lines": gone})
        return Response(shapes.Cleared({"cleared": gone, "process": os.getpid()}).data)


class DownloadView(View):
    @extend_schema(
        parameters=[shapes.Download],
        responses={(200, "text/plain"): OpenApiTypes.STR},
        summary="Download the log",
        tags=["logs"],
    )
    def get(self, request: Request) -> HttpResponse:
        """Lines as the log writes them, oldest first."""
        wanted = self.wanted(shapes.Download)
        if wanted["origin"] == "file":
            return _file(_end(settings.POTLUCK.log_file), timezone.now())
        found = replay.lines(ring, Wanted(wanted["level"], wanted["text"]))
        return _file(replay.text(found).encode(), timezone.now())


def _end(path: Path | None) -> bytes:
    if path is None:
        raise Conflict(_NO_FILE)
    try:
        return replay.tail(path)
    except OSError:
        raise Conflict(_UNREADABLE) from None


def _file(text: bytes, now: datetime) -> HttpResponse:
    name = f"potluck-{now:%Y%m%dT%H%M%SZ}.log"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(text, content_type="text/plain; charset=utf-8", headers=headers)
