"""What each simulated service can do, so that `app.py` treats them alike."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from gateway.simulator.faults import Order, Refusal
from gateway.simulator.reply import JSON, Reply


class Rejected(Exception):
    """The request is wrong; `message` and `param` as the real service would say it."""

    def __init__(
        self, message: str, param: str | None = None, *, status: int = 400, code: str | None = None
    ) -> None:
        super().__init__(message)
        self.message = message
        self.param = param
        self.status = status
        self.code = code


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One request as it came. Header names are lower-case; `created` is a Unix time."""

    number: int
    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes
    created: int = 0
    demo: bool = False

    def json(self) -> JSON:
        """The body, which must be a JSON object."""
        value = parse(self.body)
        if not isinstance(value, dict):
            raise Rejected("Invalid JSON payload received. Expected an object.")
        return value

    def bearer(self) -> str:
        scheme, _, token = self.headers.get("authorization", "").partition(" ")
        return token.strip() if scheme.lower() == "bearer" else ""


def parse(body: bytes) -> Any:
    try:
        return json.loads(body)
    except (ValueError, RecursionError) as error:
        raise Rejected(f"Invalid JSON payload received. {error}") from error


class Service(Protocol):
    """Stateless but for what a test must be able to see from one request to the next."""

    def key(self, call: Call) -> str:
        """The credential, "" if none was sent."""
        ...

    def model(self, call: Call) -> str:
        """The model asked for, "" if the request names none."""
        ...

    def answer(self, call: Call, order: Order | None) -> Reply:
        """`order` is a Twist or None. Raises Rejected."""
        ...

    def refuse(self, refusal: Refusal, call: Call) -> Reply: ...

    def reject(self, problem: Rejected, call: Call) -> Reply: ...

    def interrupt(self) -> bytes:
        """How this service reports a failure after HTTP 200, in the middle of a stream."""
        ...
