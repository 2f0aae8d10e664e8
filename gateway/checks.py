"""`manage.py check` explains the deployment: what is wrong with it, and what to do."""

from __future__ import annotations

import ipaddress
import os
import socket
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Tags, Warning, register

from gateway import keyfiles
from gateway.config import Config

_IDLE = {
    "METADATA_SERVICE_URL": "no credential is taken from the metadata service of a cloud machine. "
    "Add a service account instead.",
}


@register(Tags.security)
def private_files(app_configs: Sequence[Any] | None, **_: Any) -> list[CheckMessage]:
    """W001: secrets that other users of the machine can read."""
    folder = Path(settings.DATA_DIR)
    secret: list[Path] = [folder, *sorted(folder.glob("*.key"))]
    if settings.POTLUCK.potluck_config:
        secret.append(settings.POTLUCK.potluck_config)
    return [
        Warning(
            f"Other users of this machine may open {path}.",
            hint=f"chmod {'700' if path.is_dir() else '600'} {path}",
            id="gateway.W001",
        )
        for path in secret
        if keyfiles.exposed(path)
    ]


@register(Tags.security)
def open_to_all(app_configs: Sequence[Any] | None, **_: Any) -> list[CheckMessage]:
    """W002: keys travel in clear text when other machines reach the port directly."""
    config = settings.POTLUCK
    if not plain(config.host, config) or not _address(config.host):
        return []
    return [
        Warning(
            f"HOST={config.host} lets other machines in, and they speak without encryption.",
            hint="Put a reverse proxy with TLS before it and name it in TRUSTED_PROXIES.",
            id="gateway.W002",
        )
    ]


@register(Tags.security)
def without_meaning(app_configs: Sequence[Any] | None, **_: Any) -> list[CheckMessage]:
    """W003: settings that other gateways have, and that would do nothing here."""
    return [
        Warning(f"{name} is set, and does nothing here: {why}", id="gateway.W003")
        for name, why in _IDLE.items()
        if os.environ.get(name, "").strip()
    ]


def plain(host: str, config: Config) -> bool:
    """Whether other machines reach `host` without TLS."""
    return not _loopback(host) and not config.trusted_proxies


def _address(host: str) -> bool:
    """Where it is none, the start says so itself."""
    try:
        return bool(socket.getaddrinfo(host, None))
    except (OSError, UnicodeError):
        return False


def _loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
