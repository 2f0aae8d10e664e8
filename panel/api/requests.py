"""`/usage/requests`: the request log."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from keys import requests
from keys.models import RequestRecord
from keys.requests import Ended, Wanted
from keys.services import Invalid
from panel.api.base import View
from panel.api.errors import Missing
from panel.api.shapes import requests as shapes


class RequestsView(View):
    @extend_schema(
        operation_id="usage_requests_list",
        parameters=[shapes.RequestsWanted],
        responses=shapes.Requests,
        summary="Search the request log",
        tags=["requests"],
    )
    def get(self, request: Request) -> Response:
        """What was said in a request is not kept, only that it was."""
        said = self.wanted(shapes.RequestsWanted)
        size, after = said.pop("limit"), said.pop("cursor")
        try:
            page = requests.page(_wanted(said), after=after, size=size)
        except ValueError as error:
            raise Invalid({"cursor": f"cursor: {error}."}) from None
        found = {"requests": page.records, "next": page.next, "searched": page.searched}
        return Response(shapes.Requests(found).data)


class RequestView(View):
    @extend_schema(responses=shapes.RequestDetail, summary="Read a request", tags=["requests"])
    def get(self, request: Request, request_id: str) -> Response:
        """With every credential that was asked for it."""
        record = requests.find(request_id)
        if record is None:
            raise Missing("There is no such request in the log.")
        return Response(_detail(record))


def _wanted(said: dict[str, Any]) -> Wanted:
    status, key, ended = said.pop("status"), said.pop("key"), said.pop("ended")
    return Wanted(
        keys=None if key is None else (key,),
        status=None if status is None else (status, status),
        ended=Ended(ended) if ended else None,
        code=said.pop("error_code"),
        **said,
    )


def _detail(record: RequestRecord) -> dict[str, Any]:
    tried = [shapes.Attempt(each).data for each in requests.tried(record)]
    return {**shapes.Request(record).data, "attempts": tried}
