"""Whether another site's page made a browser send this."""

from __future__ import annotations

from urllib.parse import urlsplit

from django.http import HttpRequest

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
        if sent and urlsplit(sent).netloc != request.get_host():
            return f"{name} is not this site."
    return ""
