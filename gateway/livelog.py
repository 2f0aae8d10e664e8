"""The live log of all processes together, where they share a Redis."""

from __future__ import annotations

import hmac
import os
import socket
from typing import TYPE_CHECKING

from django.conf import settings

from gateway.config import Config
from keys.limits.scripts import Names
from panel.logs import consumer

if TYPE_CHECKING:
    from panel.logs.exchange import Exchange


def exchange(config: Config) -> Exchange | None:
    """None without Redis. Its library is there: the limits have asked for it before."""
    if not config.redis_url:
        return None
    from keys.limits.wire import connect
    from panel.logs.exchange import Exchange

    client = connect(config.redis_url, config.redis_database)
    # In containers every first process has the same number.
    return Exchange(consumer.hub, client, channel(), f"{socket.gethostname()}:{os.getpid()}")


def channel() -> str:
    """Of this installation: all of its processes know the same pepper, and nobody else does."""
    whose = hmac.new(settings.POTLUCK_PEPPER, b"the live log", "sha256").hexdigest()
    return Names().lines(whose[:16])
