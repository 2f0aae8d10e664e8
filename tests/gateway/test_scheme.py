from __future__ import annotations

import dataclasses
import ipaddress

import pytest
from django.conf import settings
from django.core.handlers.asgi import ASGIRequest
from django.http import HttpRequest, HttpResponse
from django.test import AsyncRequestFactory, RequestFactory, override_settings

from gateway import scheme

PROXY = (ipaddress.ip_network("127.0.0.0/8"),)


def secure(request: HttpRequest) -> bool:
    found: list[bool] = []

    def respond(request: HttpRequest) -> HttpResponse:
        found.append(request.is_secure())
        return HttpResponse()

    scheme.middleware(respond)(request)
    return found[0]


@pytest.mark.usefixtures("site")
@pytest.mark.parametrize("factory", [RequestFactory(), AsyncRequestFactory()])
@pytest.mark.parametrize(
    ("trusted", "said", "believed"),
    [
        (PROXY, "https", True),
        (PROXY, "HTTPS, http", True),
        (PROXY, "http", False),
        (PROXY, "", False),
        ((), "https", False),
        ((ipaddress.ip_network("10.0.0.0/8"),), "https", False),
    ],
)
def test_only_a_trusted_proxy_is_believed(
    factory: RequestFactory,
    trusted: tuple[ipaddress.IPv4Network, ...],
    said: str,
    believed: bool,
) -> None:
    config = dataclasses.replace(settings.POTLUCK, trusted_proxies=trusted)
    request = factory.get("/", headers={"X-Forwarded-Proto": said})
    with override_settings(POTLUCK=config):
        assert secure(request) is believed


@pytest.mark.usefixtures("site")
def test_the_server_s_own_request_is_one_that_it_understands() -> None:
    assert isinstance(AsyncRequestFactory().get("/"), ASGIRequest)
