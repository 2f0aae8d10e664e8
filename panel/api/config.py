"""`/config`: what the gateway goes by, and changes of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework.exceptions import APIException, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from panel import bridge, steering
from panel.api.base import View
from panel.api.errors import answer
from panel.api.shapes import config as shapes
from panel.bridge import NotRunning, Wrong


class Away(APIException):
    status_code = 503
    default_code = "gateway_not_running"


class ConfigView(View):
    def get_exception_handler(self) -> Callable[..., Response]:
        return _answer


class GetView(ConfigView):
    @extend_schema(responses=shapes.Config, summary="Read the settings", tags=["settings"])
    def get(self, request: Request) -> Response:
        """All of them, with what each is, where its value is from, and no secret."""
        found = [shapes.shown(each) for each in bridge.settings().all()]
        return Response(shapes.Config({"settings": found}).data)


class SaveView(ConfigView):
    @extend_schema(
        request={"application/json": shapes.SAVED},
        responses=shapes.ConfigSaved,
        examples=[
            OpenApiExample(
                "Two settings", {"AUTO_BAN": "false", "HOST_URL": None}, request_only=True
            )
        ],
        summary="Change settings",
        tags=["settings"],
    )
    def post(self, request: Request) -> Response:
        """`{name: value}`, all or none of them; null goes back to what holds without the console.
        422 with `fields` for values that cannot be used."""
        done = steering.change(request._request, self._values())
        found = {"changed": done.names, "restart": done.restart}
        return Response(shapes.ConfigSaved(found).data)

    def _values(self) -> dict[str, str | None]:
        found: dict[str, str | None] = shapes.ConfigSave().run_validation(self.request.data)
        return found


def _answer(error: Exception, context: Mapping[str, Any]) -> Response:
    match error:
        case NotRunning():
            return answer(Away(str(error)), context)
        case Wrong():
            fields = {name: [text] for name, text in error.errors.items()}
            response = answer(ValidationError(fields), context)
            response.status_code = 422
            return response
        case _:
            return answer(error, context)
