"""The address under which people reach this gateway."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest


def address(request: HttpRequest) -> str:
    """HOST_URL, or else where this visitor's browser says it is: shown to that visitor alone."""
    configured: str = getattr(getattr(settings, "POTLUCK", None), "host_url", "")
    if configured:
        return configured.rstrip("/")
    scheme = "https" if secure(request) else "http"
    return f"{scheme}://{request.get_host()}"


def secure(request: HttpRequest) -> bool:
    """Whether the browser speaks TLS, perhaps to a proxy in front: enough for what is shown."""
    return request.is_secure() or request.headers.get("X-Forwarded-Proto") == "https"
