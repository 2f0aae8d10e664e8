"""The credentials of one provider, in memory, and whose turn it is for a model."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import msgspec

from credentials import health as health_
from credentials.bearer import Account, Failure
from credentials.health import Health, Outcome
from credentials.kinds import Kind
from credentials.select import Lane


class Access(msgspec.Struct, frozen=True):
    """What a request needs to use a credential. The only place where its secret is in clear.

    `secret` is ready to be sent: the key, or an access token where the credential is an account.
    """

    id: int
    provider: str
    label: str
    secret: str
    base_url: str
    extra: Mapping[str, Any]
    """Nothing secret: `project` and `location` where they are known."""
    kind: Kind = Kind.GEMINI_API

    def __repr__(self) -> str:
        return f"<Access {self.id} of {self.provider}>"


@dataclass(frozen=True, slots=True)
class Report:
    """One outcome that the stored health does not know yet."""

    outcome: Outcome
    sent_at: datetime
    at: datetime


@dataclass(slots=True)
class Member:
    """One credential in the pool. `health` is the stored one of `version` and then `reports`."""

    access: Access
    sealed: str
    weight: int
    health: Health
    version: int
    reports: list[Report] = field(default_factory=list)
    account: Account | None = None
    """Of a credential that is a document: `access` then has no secret yet."""
    failure: Failure | None = None
    """The last one of its account that was learned."""

    def __repr__(self) -> str:
        return f"<Member {self.access.id} of {self.access.provider}>"


class Roster:
    """`calls()` is the length of a turn; a credential of weight 3 has three times as many."""

    def __init__(self, calls: Callable[[], int]) -> None:
        self._calls = calls
        self._members: dict[int, Member] = {}
        self._all = self._lane(None)
        self._models: dict[str, Lane] = {}

    def __len__(self) -> int:
        return len(self._members)

    def put(self, member: Member, now: datetime) -> None:
        """A newcomer, or one whose health was changed from outside."""
        self._members[member.access.id] = member
        self.note(member, now)
        for lane in (self._all, *self._models.values()):
            lane.admit(member.access.id, now)

    def drop(self, id: int) -> None:
        """It is gone; the lanes notice when its turn comes."""
        self._members.pop(id, None)

    def note(self, member: Member, now: datetime) -> None:
        """Its health has changed: a model that somebody parked gets a lane of its own."""
        health = member.health
        parked = [model for model, rest in health.models.items() if rest.until > now]
        for model in (*parked, *health.barred):
            if model not in self._models:
                self._models[model] = self._lane(model)

    def pick(self, model: str, now: datetime, exclude: Collection[int]) -> Member | None:
        lane = self._models.get(model, self._all)
        id = lane.pick(now, self._turn, exclude)
        return None if id is None else self._members[id]

    def soonest(self, model: str, now: datetime) -> datetime | None:
        """When the first of them may serve `model` again; None if none does by itself."""
        return self._models.get(model, self._all).soonest(now)

    def tidy(self, now: datetime) -> None:
        """Gives up the lanes of models that nobody has parked any more."""
        for model, lane in list(self._models.items()):
            if lane.quiet(now) and len(lane.held) >= len(self._members):
                del self._models[model]

    def _turn(self, id: int) -> int:
        return max(self._calls(), 1) * self._members[id].weight

    def _lane(self, model: str | None) -> Lane:
        def free_at(id: int) -> datetime | None:
            member = self._members.get(id)
            return None if member is None else health_.free_at(member.health, model)

        return Lane(free_at, ids=self._members)
