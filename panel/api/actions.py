"""`/auth/keys/actions`: the same for many keys at once."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from django.http import HttpRequest
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from keys.models import ApiKey
from panel import keeping
from panel.api.base import View
from panel.api.shapes import keys as shapes

_ACTIONS: dict[str, Callable[[HttpRequest, int], None]] = {
    "enable": partial(keeping.switch, on=True),
    "disable": partial(keeping.switch, on=False),
    "delete": keeping.delete,
    "unflag": keeping.unflag,
}


class ActionsView(View):
    @extend_schema(
        request=shapes.Actions,
        responses=shapes.ActionsDone,
        summary="Enable, disable, end or unflag many keys",
        tags=["keys"],
    )
    def post(self, request: Request) -> Response:
        """Each is tried by itself; `errors` names those that it did not work for."""
        said = self.said(shapes.Actions)
        act, ids, errors = _ACTIONS[said["action"]], list(dict.fromkeys(said["ids"])), []
        for key_id in ids:
            try:
                act(request._request, key_id)
            except ApiKey.DoesNotExist:
                errors.append({"id": key_id, "message": "There is no such key."})
        found = {
            "success_count": len(ids) - len(errors),
            "total_count": len(ids),
            "errors": errors,
        }
        return Response(shapes.ActionsDone(found).data)
