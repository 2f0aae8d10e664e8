"""How often one address may ask the public pages and endpoints.

The running gateway counts, with REDIS_URL for all processes. Without one, or while its event loop
has no time, this module counts in the memory of its process.
"""

from __future__ import annotations

from datetime import datetime
from threading import Lock

from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone

from keys.limits.addresses import Addresses, Rule
from panel import bridge
from panel.auth import visitor

_PER_MINUTE = 30


def rule() -> Rule:
    """MAX_REQUESTS_PER_MINUTE, MAX_REQUESTS_PER_DAY_PER_IP and WHITELIST_IPS."""
    config = settings.POTLUCK
    return Rule(
        per_minute=getattr(config, "max_requests_per_minute", _PER_MINUTE),
        per_day=getattr(config, "max_requests_per_day_per_ip", None),
        spared=getattr(config, "whitelist_ips", ()),
    )


_addresses = Addresses(rule)
_lock = Lock()


def admit(request: HttpRequest, now: datetime | None = None) -> None:
    """Counts a request of the public. Raises keys.limits.refusal.Limited."""
    address = visitor.address(request)
    try:
        bridge.current().visit(address)
    except (bridge.NotRunning, TimeoutError):
        with _lock:
            _addresses.admit(address, now or timezone.now())
