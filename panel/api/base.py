"""What all views of the REST API have in common: JSON in and out, and nobody let in by default."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, cast

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from drf_spectacular.openapi import AutoSchema
from rest_framework.authentication import BaseAuthentication
from rest_framework.permissions import AllowAny, BasePermission
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import Serializer
from rest_framework.views import APIView

from panel import pace
from panel.api.abroad import Abroad
from panel.api.body import Body
from panel.api.errors import answer
from panel.auth.rest import (
    AdminAuthentication,
    Administrator,
    Holder,
    IsAdministrator,
    IsHolder,
    KeyAuthentication,
)

S = TypeVar("S", bound="Serializer[Any]")


class View(APIView):
    """For the administrator. Everything is named here, whatever the settings' defaults are."""

    authentication_classes: tuple[type[BaseAuthentication], ...] = (AdminAuthentication,)
    permission_classes: tuple[type[BasePermission], ...] = (IsAdministrator,)
    parser_classes = (Body,)
    renderer_classes = (JSONRenderer,)
    throttle_classes = ()
    schema = AutoSchema()

    def get_exception_handler(self) -> Callable[..., Response]:
        return answer

    def barred(self, request: HttpRequest) -> HttpResponse | None:
        """The answer to who may not come in, None for who may; the body is not looked at."""
        self.setup(request)
        self.headers: dict[str, str] = {}
        self.request = self.initialize_request(request)
        try:
            self.initial(self.request)
        except Exception as error:
            refused = self.handle_exception(error)
            said: HttpResponse = self.finalize_response(self.request, refused).render()
            return said
        return None

    @property
    def administrator(self) -> Administrator:
        return cast(Administrator, self.request.user)

    def said(self, shape: type[S]) -> dict[str, Any]:
        """The body, as its serializer has checked it."""
        return _checked(shape, self.request.data)

    def wanted(self, shape: type[S]) -> dict[str, Any]:
        """The query string, likewise."""
        return _checked(shape, self.request.query_params, query=True)


class HolderView(Abroad, View):
    """For whoever has a gateway key; it shows what belongs to that key only."""

    authentication_classes = (KeyAuthentication,)
    permission_classes = (IsHolder,)

    @property
    def key_id(self) -> int:
        return cast(Holder, self.request.user).key_id


class PublicView(View):
    """For everybody, at the pace of the public pages."""

    authentication_classes = ()
    permission_classes = (AllowAny,)

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        pace.admit(request._request, timezone.now())


class OpenView(View):
    """For everybody, where something else keeps the pace."""

    authentication_classes = ()
    permission_classes = (AllowAny,)


def _checked(shape: type[S], data: Any, **context: Any) -> dict[str, Any]:
    serializer = shape(data=data, context=context)
    serializer.is_valid(raise_exception=True)
    found: dict[str, Any] = serializer.validated_data
    return found
