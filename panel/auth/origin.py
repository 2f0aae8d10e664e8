"""Whether another site's page made a browser send this."""

from __future__ import annotations

from urllib.parse import urlsplit

from django.http import HttpRequest

PROXY = (
    "The browser speaks TLS to a proxy that this gateway does not trust. Name the proxy's address "
    "in TRUSTED_PROXIES, have it send X-Forwarded-Proto, and restart."
)

_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
_OURS = frozenset({"same-origin", "none"})


def forged(request: HttpRequest) -> str:
    """A sentence for an unsafe request that a browser says came from elsewhere, else "".

    Beside Django's CSRF token, which asks for a matching `Referer` with TLS only.
    """
    if request.method in _SAFE:
        return ""
    if request.headers.get("Sec-Fetch-Site", "none") not in _OURS:
        return "The request comes from another site."
    for name in ("Origin", "Referer"):
        sent = request.headers.get(name, "")
        if sent and _host(sent) != request.get_host():
            return f"{name} is not this site."
    return ""


def veiled(request: HttpRequest) -> bool:
    """Whether a browser is at this host by TLS and we see none: a proxy ends it, and either its
    address is not in TRUSTED_PROXIES or it does not say what it did."""
    if request.is_secure():
        return False
    return request.headers.get("Origin", "").lower() == f"https://{request.get_host()}".lower()


def renamed(request: HttpRequest) -> bool:
    """Whether a form seems to come from another host: another site did it, or a proxy that does
    not pass the `Host` header on."""
    sent = request.headers.get("Origin", "")
    return bool(sent) and _host(sent).lower() != request.get_host().lower()


def _host(address: str) -> str:
    """ "" of what is no address."""
    try:
        return urlsplit(address).netloc
    except ValueError:
        return ""
