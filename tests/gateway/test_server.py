from __future__ import annotations

import socket

import pytest

from gateway import server
from gateway.setting import ConfigError


def test_a_bound_port_takes_connections_at_once() -> None:
    with server.bind("127.0.0.1", 0) as listener:
        socket.create_connection(listener.getsockname(), 5).close()


def test_a_taken_port_is_one_sentence() -> None:
    with server.bind("127.0.0.1", 0) as listener:
        port = listener.getsockname()[1]
        with pytest.raises(ConfigError, match=f"PORT={port} cannot be listened on"):
            server.bind("127.0.0.1", port)


@pytest.mark.parametrize("host", ["192.0.2.1", "no such host"])
def test_an_address_that_is_not_here_is_one_sentence(host: str) -> None:
    with pytest.raises(ConfigError, match=f"^HOST={host} "):
        server.bind(host, 0)


@pytest.mark.parametrize(
    ("host", "shown"), [("127.0.0.1", "127.0.0.1"), ("0.0.0.0", "127.0.0.1"), ("::", "[::1]")]
)
def test_the_url_is_one_that_works_from_here(host: str, shown: str) -> None:
    try:
        listener = server.bind(host, 0)
    except ConfigError:
        pytest.skip(f"this machine has no {host}")
    with listener:
        assert server.url(listener) == f"http://{shown}:{listener.getsockname()[1]}"
