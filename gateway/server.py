"""Runs uvicorn: a bound socket first, so that a taken port is one sentence, then the processes."""

from __future__ import annotations

import contextlib
import math
import signal
import socket

import uvicorn
from uvicorn.config import STARTUP_FAILURE
from uvicorn.supervisors import Multiprocess

from gateway.setting import ConfigError
from gateway.wire import Http

_BACKLOG = 2_048
# Longer than the idle time after which common clients drop a pooled connection themselves: the
# one who closes first must not be the server, or a request meets a closed door.
_KEEP_ALIVE = 75

_LARGEST_MESSAGE = 16_384
"""Bytes of what a viewer of the live log says."""


def bind(host: str, port: int) -> socket.socket:
    """A listening socket: connections wait in its queue until the application is up.

    Raises ConfigError when the address is not this machine's or the port is taken.
    """
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        listener = socket.socket(family, kind, protocol)
    except OSError as error:
        raise ConfigError(f"HOST={host} is no address to listen on: {error.strerror}.") from None
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        listener.listen(_BACKLOG)
    except OSError as error:
        listener.close()
        raise ConfigError(
            f"HOST={host} PORT={port} cannot be listened on: {error.strerror}."
        ) from None
    return listener


def url(listener: socket.socket) -> str:
    """Where this machine reaches it; "every address" is reached at the loopback one."""
    host, port = listener.getsockname()[:2]
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 - only compared
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def run(listener: socket.socket, *, workers: int, grace: float) -> bool:
    """Serves until SIGINT or SIGTERM; running answers then get `grace` seconds.

    Returns False when the application did not start.
    """
    config = uvicorn.Config(
        "gateway.asgi:application",
        http=Http,
        ws="websockets-sansio",
        ws_max_size=_LARGEST_MESSAGE,
        # Lines are small and many, and it is the event loop's thread that would compress them.
        ws_per_message_deflate=False,
        lifespan="on",
        workers=workers,
        # Django's settings have set up logging; the access log is the gateway's own.
        log_config=None,
        access_log=False,
        # Which proxy is believed is TRUSTED_PROXIES, not uvicorn's own list.
        proxy_headers=False,
        server_header=False,
        backlog=_BACKLOG,
        timeout_keep_alive=_KEEP_ALIVE,
        timeout_graceful_shutdown=math.ceil(grace),
    )
    if workers > 1:
        listener.set_inheritable(True)
        supervisor = Multiprocess(config, sockets=[listener])
        supervisor.run()
        return all(each.exitcode != STARTUP_FAILURE for each in supervisor.processes)
    server = uvicorn.Server(config)
    # After its orderly end uvicorn raises the signal again; both then mean the same here.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with contextlib.suppress(KeyboardInterrupt):
        server.run(sockets=[listener])
    return server.started
