"""The store of answers of `/v1/responses`, built from the configuration."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Executor
from datetime import datetime, timedelta
from functools import partial

from credentials.vault import Vault, VaultError
from gateway.config import Config
from keys.answers import Shelf
from proxy.stored import Answers


def store(
    config: Config, vault: Vault, reader: Executor, clock: Callable[[], datetime]
) -> Answers | None:
    """None if the operator keeps no answers."""
    if not config.response_store_hours:
        return None
    life = timedelta(hours=config.response_store_hours)
    return Answers(Shelf(vault.seal, partial(_open, vault), life=life), reader, clock)


def _open(vault: Vault, token: bytes) -> str | None:
    """None for what was sealed with a key that the operator has taken away since."""
    try:
        return vault.open(token)
    except VaultError:
        return None
