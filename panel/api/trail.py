"""`/auth/audit`: who changed what."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from panel.api.base import View
from panel.api.shapes import trail as shapes
from panel.audit import book, export, search, values
from panel.audit.search import Wanted
from panel.models import AuditEntry


class TrailView(View):
    @extend_schema(
        parameters=[shapes.TrailWanted],
        responses=shapes.Trail,
        summary="Read the audit trail",
        tags=["audit"],
    )
    def get(self, request: Request) -> Response:
        """Changes by people and commands, with what was before and after, never a secret."""
        said = self.wanted(shapes.TrailWanted)
        size, before = said.pop("limit"), said.pop("cursor")
        page = search.page(Wanted(**said), before=before, size=size)
        broken = book.broken(page.entries)
        found = {
            "entries": [_shown(each, each.id not in broken) for each in page.entries],
            "next": page.next,
        }
        return Response(shapes.Trail(found).data)


class TrailFileView(View):
    @extend_schema(
        parameters=[shapes.TrailFile],
        responses={(200, "text/csv"): OpenApiTypes.STR},
        summary="Download the audit trail",
        tags=["audit"],
    )
    def get(self, request: Request) -> HttpResponse:
        """A table, or with `form=jsonl` an object a line with the seals of the chain."""
        said = self.wanted(shapes.TrailFile)
        form = said.pop("form")
        words = {name: str(value) for name, value in said.items() if value}
        return export.file(request._request, Wanted(**said), form, words)


def _shown(entry: AuditEntry, sound: bool) -> dict[str, Any]:
    names = ("id", "at", "actor", "address", "action", "target")
    read = {"before": values.read(entry.before), "after": values.read(entry.after)}
    return {name: getattr(entry, name) for name in names} | read | {"sound": sound}
