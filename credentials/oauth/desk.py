"""What a flow works with, and what comes out of it."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol, TypeVar

from credentials.documents import OAuthAccount
from credentials.issuers import Issuer, Issuers, Risk
from credentials.oauth.troubles import FlowError, Trouble
from credentials.vault import Vault
from credentials.web import Web

T = TypeVar("T")


class Wait(Protocol):
    """Runs a coroutine on the event loop that the `Web` belongs to, and waits for it."""

    def __call__(self, work: Coroutine[Any, Any, T]) -> T: ...


@dataclass(frozen=True, slots=True)
class Desk:
    """For code that runs in threads. At most `most` flows may be open, `each` of one session."""

    issuers: Issuers
    vault: Vault
    web: Web = field(repr=False)
    wait: Wait = field(repr=False)
    clock: Callable[[], datetime] = field(repr=False)
    most: int = 1_000
    each: int = 5

    def issuer(self, provider: str) -> Issuer:
        """Raises FlowError unless the operator has a client there."""
        issuer = self.issuers.named(provider)
        if issuer is None:
            raise FlowError(Trouble.UNKNOWN)
        return issuer

    def ask(self, work: Coroutine[Any, Any, T]) -> T:
        """Raises FlowError, also when nobody answers."""
        try:
            return self.wait(work)
        except TimeoutError:
            raise FlowError(Trouble.AWAY) from None


@dataclass(frozen=True, slots=True)
class Offer:
    """A provider whose accounts may be connected, and how."""

    provider: str
    risk: Risk
    page: bool
    device: bool


@dataclass(frozen=True, slots=True)
class Authorised:
    """An account that was lent. `name` is its owner's, cleaned, if the provider told it.

    `provider` is "google" or a registered provider's name; `purpose` is what `begin` was given.
    """

    id: str
    provider: str
    purpose: str
    document: OAuthAccount
    name: str = ""


Keep = Callable[[Authorised], int | None]
"""Stores the account as the caller sees fit, and returns the credential's id if it has one."""


def offers(issuers: Issuers) -> tuple[Offer, ...]:
    """Google first, then the registered providers in the order of the configuration."""
    names = ("google", *issuers.providers)
    found = [(name, issuer) for name in names if (issuer := issuers.named(name)) is not None]
    return tuple(
        Offer(name, issuer.risk, bool(issuer.authorize_url), bool(issuer.device_url))
        for name, issuer in found
        if issuer.authorize_url or issuer.device_url
    )
