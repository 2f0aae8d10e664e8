"""An upstream: transport, credentials and envelope around a dialect that it names."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple, Protocol

from credentials.health import Outcome
from credentials.kinds import Kind
from credentials.pool import Access
from proxy.errors import GatewayError
from proxy.ir import Dialect
from proxy.operation import Action


class Task(NamedTuple):
    """What to ask, in the upstream's dialect. `body` is JSON; `forward` a raw query string.

    `array`: a stream is wanted as a JSON array (Gemini). `headers`: the caller's own that belong to
    the dialect. `verb`: which of several endpoints, where the caller's path says it (`edits`)."""

    action: Action
    model: str
    body: bytes
    stream: bool = False
    batch: bool = False
    array: bool = False
    forward: str = ""
    headers: Mapping[str, str] = {}
    verb: str = ""


class Outgoing(NamedTuple):
    """One HTTP request, complete."""

    url: str
    headers: Mapping[str, str]
    body: bytes | None
    method: str = "POST"


class AttemptFailed(Exception):
    """An upstream said no before saying anything else.

    It carries the decision: what it says about the credential (`outcome`), what to tell the
    client if nobody else answers (`error`), and whether asking another makes sense (`retry`).
    `reason` is for the request log, which only the operator reads; `status` the upstream's, if any.
    """

    def __init__(
        self,
        outcome: Outcome,
        error: GatewayError,
        *,
        retry: bool,
        reason: str = "",
        status: int = 0,
    ) -> None:
        super().__init__(error.message)
        self.reason = reason or error.message
        self.outcome = outcome
        self.status = status
        self.error = error
        self.retry = retry


class Refusal(NamedTuple):
    """An upstream's answer with an error status; `body` is cut to what is worth reading."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class Upstream(Protocol):
    """One kind of service. Instances hold configuration only."""

    dialect: Dialect

    def outgoing(self, task: Task, access: Access) -> Outgoing:
        """Raises GatewayError for an action that this upstream does not have, AttemptFailed for a
        credential that lacks something."""
        ...

    def listing(self, access: Access) -> Outgoing:
        """The request that lists the upstream's models."""
        ...

    def names(self, body: bytes) -> list[str]:
        """Model names in the answer to `listing`."""
        ...

    def classify(self, refusal: Refusal, model: str, now: datetime) -> AttemptFailed: ...


def plain(user_agent: str) -> dict[str, str]:
    """The headers that every service is sent: JSON goes there, and what comes is not compressed."""
    return {
        "content-type": "application/json",
        "user-agent": user_agent,
        "accept-encoding": "identity",
    }


def signed(header: str, access: Access) -> Mapping[str, str]:
    """How a credential shows itself: a key in the service's own `header`, an account's access
    token as a bearer."""
    if access.kind is Kind.PROVIDER_OAUTH:
        return {"authorization": f"Bearer {access.secret}"}
    return {header: access.secret}
