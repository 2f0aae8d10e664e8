"""One request's own notebook: what was asked, tried and used. Every room writes into it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from time import monotonic
from typing import NamedTuple

from keys.directory import Grant
from proxy.dialects.base import Loss
from proxy.dialects.losses import unique
from proxy.ir import Usage
from proxy.operation import Operation
from proxy.route import Route, Target


class Attempt(NamedTuple):
    """One credential asked: how it went, in one word (`Succeeded`, `RateLimited`, …), and why.

    `credential` is 0 when a pool had none to lend."""

    credential: int
    label: str
    result: str
    reason: str
    seconds: float


@dataclass(slots=True, eq=False)
class Call:
    id: str
    at: datetime
    address: str
    base: str = ""
    """Where the caller reaches this gateway: `https://host`."""
    operation: Operation | None = None
    grant: Grant | None = None
    session: str = ""
    """The conversation that the call belongs to, as far as can be told."""
    model: str = ""
    route: Route | None = None
    target: Target | None = None
    detour: str = ""
    """The other model that was asked when nobody had quota left for this one."""
    stream: bool = False
    units: int = 0
    reserved: bool = False
    status: int = 0
    code: str = ""
    detail: str = ""
    usage: Usage | None = None
    attempts: list[Attempt] = field(default_factory=list)
    estimated: bool = False
    """The answer is a guess of the gateway's, and says so."""
    losses: list[Loss] = field(default_factory=list)
    started: float = field(default_factory=monotonic)
    first: float | None = None
    """Monotonic time of the first piece of the answer; from then on the call is charged."""

    def lose(self, losses: Sequence[Loss]) -> None:
        """Adds what could not be carried over; the same loss is told once."""
        if losses:
            self.losses = unique([*self.losses, *losses])

    @property
    def now(self) -> datetime:
        return self.at + timedelta(seconds=monotonic() - self.started)

    @property
    def begun(self) -> bool:
        return self.first is not None
