"""What moves a key's quota: each is one entry of its ledger, with a reason."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from keys import services
from keys.services import BelowUse, Invalid
from panel import keeping
from panel.api import single
from panel.api.base import View
from panel.api.errors import Conflict, sentence
from panel.api.shapes import keys as shapes
from panel.api.shapes.strict import Reason, Strict


class MoveView(View):
    """`api_key` is the id, or the whole key."""

    def move(
        self, api_key: str, verb: Callable[..., object], shape: type[Strict] = shapes.Move
    ) -> Response:
        key_id, said = single.identify(api_key), self.said(shape)
        try:
            keeping.move(self.request._request, verb, key_id, **_named(said))
        except (BelowUse, Invalid):
            raise
        except ValueError as error:
            raise Conflict(sentence(str(error))) from None
        return Response(single.detail(key_id, timezone.now()))


class GrantView(MoveView):
    @extend_schema(
        request=shapes.Move, responses=shapes.KeyDetail, summary="Add units", tags=["quota"]
    )
    def post(self, request: Request, api_key: str) -> Response:
        return self.move(api_key, services.grant)


class WithdrawView(MoveView):
    @extend_schema(
        request=shapes.Move, responses=shapes.KeyDetail, summary="Take units off", tags=["quota"]
    )
    def post(self, request: Request, api_key: str) -> Response:
        """409 `below_use` when they are used or reserved."""
        return self.move(api_key, services.withdraw)


class RefundView(MoveView):
    @extend_schema(
        request=shapes.Move,
        responses=shapes.KeyDetail,
        summary="Give back charged units",
        tags=["quota"],
    )
    def post(self, request: Request, api_key: str) -> Response:
        return self.move(api_key, services.refund)


class ResetView(MoveView):
    @extend_schema(
        request=Reason, responses=shapes.KeyDetail, summary="Count from zero again", tags=["quota"]
    )
    def post(self, request: Request, api_key: str) -> Response:
        return self.move(api_key, services.reset, Reason)


class RenewView(MoveView):
    @extend_schema(
        request=Reason,
        responses=shapes.KeyDetail,
        summary="Give this day's allowance again",
        tags=["quota"],
    )
    def post(self, request: Request, api_key: str) -> Response:
        return self.move(api_key, services.renew, Reason)


class ResizeView(MoveView):
    @extend_schema(
        request=shapes.Resize,
        responses=shapes.KeyDetail,
        summary="Set the total quota",
        tags=["quota"],
    )
    def post(self, request: Request, api_key: str) -> Response:
        """The difference is granted or withdrawn. 409 `below_use` under what is used."""
        return self.move(api_key, services.resize, shapes.Resize)


def _named(said: dict[str, Any]) -> dict[str, Any]:
    """`total_quota` is `total` to the services."""
    return {name.replace("total_quota", "total"): value for name, value in said.items()}
