"""Who asks: the address behind trusted proxies, and whether the browser speaks TLS."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest

from keys import address as addresses


def address(request: HttpRequest) -> str:
    """The visitor's address; a forwarding header counts only from a proxy in TRUSTED_PROXIES."""
    peer = request.META.get("REMOTE_ADDR", "")
    forwarded = request.META.get("HTTP_X_FORWARDED_FOR", "")
    return addresses.client(peer, forwarded, settings.POTLUCK.trusted_proxies)
