"""Whether a visitor speaks TLS to a proxy in front, which decides about origins and cookies."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.core.handlers.asgi import ASGIRequest
from django.core.handlers.wsgi import WSGIRequest
from django.http import HttpRequest, HttpResponse

from keys import address


def middleware(respond: Callable[[HttpRequest], HttpResponse]) -> Callable[..., HttpResponse]:
    """Believes `X-Forwarded-Proto` of a proxy in TRUSTED_PROXIES, and of nobody else; Django's own
    SECURE_PROXY_SSL_HEADER believes everybody."""

    def answer(request: HttpRequest) -> HttpResponse:
        if _through_tls(request):
            if isinstance(request, ASGIRequest):
                request.scope = {**request.scope, "scheme": "https"}
            elif isinstance(request, WSGIRequest):
                request.environ["wsgi.url_scheme"] = "https"
        return respond(request)

    return answer


def _through_tls(request: HttpRequest) -> bool:
    said = request.headers.get("X-Forwarded-Proto", "").partition(",")[0].strip().lower()
    peer = request.META.get("REMOTE_ADDR", "")
    return said == "https" and address.within(peer, settings.POTLUCK.trusted_proxies)
