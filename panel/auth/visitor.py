"""Who asks: the address behind trusted proxies, and by which door they came in."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest

from keys import address as addresses


def address(request: HttpRequest) -> str:
    """The visitor's address; a forwarding header counts only from a proxy in TRUSTED_PROXIES."""
    peer = request.META.get("REMOTE_ADDR", "")
    forwarded = request.META.get("HTTP_X_FORWARDED_FOR", "")
    return addresses.client(peer, forwarded, settings.POTLUCK.trusted_proxies)


ANYBODY = "visitor"
_WHO = "potluck.who"
"""In META no header can be called so."""


def enter(request: HttpRequest, who: str = "administrator") -> None:
    """A door has let them in."""
    request.META[_WHO] = who


def who(request: HttpRequest) -> str:
    """As whom they came in, for the audit trail."""
    return str(request.META.get(_WHO, ANYBODY))
