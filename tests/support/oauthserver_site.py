"""The Django site of the tests' OAuth server: whose browser asks, and what it tells of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from django.urls import include, path
from oauth2_provider.models import DeviceGrant  # type: ignore[import-untyped]
from oauth2_provider.oauth2_validators import OAuth2Validator  # type: ignore[import-untyped]
from oauth2_provider.views import DeviceAuthorizationView  # type: ignore[import-untyped]
from oauthlib.oauth2.rfc8628.grant_types import DeviceCodeGrant  # type: ignore[import-untyped]


class Devices(DeviceAuthorizationView):  # type: ignore[misc]
    """oauthlib 4 tells the scope beside the codes, which the toolkit's own view stumbles over."""

    def create_device_authorization_response(self, request: HttpRequest) -> Any:
        headers, data, status = super().create_device_authorization_response(request)
        if isinstance(data, dict):
            data.pop("scope", None)
        return headers, data, status


urlpatterns = [
    path("o/device-authorization/", Devices.as_view()),
    path("o/", include("oauth2_provider.urls", namespace="oauth2_provider")),
]


class Signed:
    """The header `x-person` stands for a log-in: this is no test of passwords."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        name = request.headers.get("x-person", "")
        if name:
            request.user = User.objects.get(username=name)
        return self.get_response(request)


class Claims(OAuth2Validator):  # type: ignore[misc]
    """A person's e-mail address and name, as they are stored."""

    oidc_claim_scope = None

    def get_additional_claims(self, request: Any) -> dict[str, str]:
        return {"email": request.user.email, "name": request.user.first_name}

    def validate_device_code(self, client_id: str, code: str, request: Any) -> str | None:
        """oauthlib 4 asks for it, and the toolkit does not have it yet. A code is good once."""
        authorised = DeviceGrant.objects.filter(
            client_id=client_id, device_code=code, status=DeviceGrant.AUTHORIZED
        )
        found = authorised.first()
        if found is None or not authorised.update(status=DeviceGrant.EXPIRED):
            return None
        request.user, request.scopes = found.user, found.scope.split()
        return str(DeviceCodeGrant.DEVICE_CODE_AUTHORIZED)
