"""The credentials of one provider, in memory, and whose turn it is for a model."""

from __future__ import annotations

from collections import OrderedDict, deque
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

import msgspec

from credentials import health as health_
from credentials.bearer import Account, Failure
from credentials.caps import Tally
from credentials.health import Health, Outcome
from credentials.history import KEPT, Mishap
from credentials.kinds import Kind
from credentials.orders import Facts, Strategy, order
from credentials.outcomes import LONG_AGO
from credentials.select import Lane

_TRIAL = timedelta(minutes=2)
"""After this a trial that nobody reported no longer counts."""
_UNPROVEN = timedelta(minutes=10)
"""So long after its rest a model is tried by one call at a time."""
_FOREVER = datetime.max.replace(tzinfo=LONG_AGO.tzinfo)
_LANES = 32
_SPARE = 64

Scopes = tuple[str | None, ...]
"""What a trial tries: models, or the whole credential (None)."""


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
    proxy: str = ""
    """Its own outbound proxy, "direct" for none, "" for the one for all. It may hold a password."""

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
    tally: Tally = field(default_factory=Tally)
    sealed_proxy: str = ""
    trials: dict[str | None, datetime] = field(default_factory=dict)
    """What one call is trying again after a rest, and until when it has the time."""
    errors: deque[Mishap] = field(default_factory=lambda: deque(maxlen=KEPT))

    def __repr__(self) -> str:
        return f"<Member {self.access.id} of {self.access.provider}>"


class Choice(NamedTuple):
    """`trial` is what this call tries as the only one."""

    member: Member
    trial: Scopes


class Rules(NamedTuple):
    """Settings, asked for each time. `calls`: the length of a turn; `pro`: whether a model is
    one of those that the cap for Pro counts."""

    calls: Callable[[], int] = lambda: 1
    strategy: Callable[[], Strategy] = lambda: Strategy.ROTATION
    pro: Callable[[str], bool] = lambda model: False


class Roster:
    """Lanes for all models, for Pro models, and for each model that somebody has parked.

    A credential that comes from a rest is tried by one call; until that has ended, others are
    sent elsewhere. Where there is no elsewhere they may use it too, unless it was refused.
    """

    def __init__(self, rules: Rules) -> None:
        self._rules = rules
        self._strategy = rules.strategy()
        self._members: dict[int, Member] = {}
        self._facts = Facts(lambda: max(rules.calls(), 1), self._weight, self._used)
        self._trying: OrderedDict[int, None] = OrderedDict()
        self._parked: dict[str, datetime] = {}
        self._all = self._lane(None, pro=False)
        self._pro = self._lane(None, pro=True)
        self._models: OrderedDict[str, Lane] = OrderedDict()

    def __len__(self) -> int:
        return len(self._members)

    def put(self, member: Member, now: datetime) -> None:
        """A newcomer, or one whose health or caps were changed from outside."""
        self._members[member.access.id] = member
        self.note(member, now)
        self._admit(member.access.id, now)

    def drop(self, id: int) -> None:
        """It is gone; the lanes notice when its turn comes."""
        self._members.pop(id, None)
        self._trying.pop(id, None)

    def note(self, member: Member, now: datetime) -> None:
        """Its health has changed: a model that somebody parked gets a lane of its own."""
        for model, rest in member.health.models.items():
            if rest.until > now:
                until = rest.until + _UNPROVEN
                self._parked[model] = max(self._parked.get(model, LONG_AGO), until)
        for model in member.health.barred:
            self._parked[model] = _FOREVER

    def pick(
        self, model: str, now: datetime, exclude: Collection[int], wanted: int | None = None
    ) -> Choice | None:
        """Who serves `model`: `wanted` if it may, else whose turn it is."""
        lane = self._lane_of(model)
        if wanted is not None and wanted not in exclude and lane.awake(wanted, now):
            id: int | None = wanted
        else:
            id = lane.pick(now, exclude)
        if id is None:
            spare = self._spare(model, now, exclude)
            return None if spare is None else Choice(spare, ())
        member = self._members[id]
        return Choice(member, self.trial(member, model, now))

    def trial(self, member: Member, model: str, now: datetime) -> Scopes:
        """Begins one for whatever of the credential is in doubt."""
        if not member.health.models and member.health.whole.until is LONG_AGO:
            return ()
        doubts = health_.doubts(member.health, model, now)
        for doubt in doubts:
            member.trials[doubt] = now + _TRIAL
            self._trying[member.access.id] = None
        return doubts

    def tried(self, member: Member, trial: Scopes, now: datetime) -> None:
        """The trial has ended, one way or the other."""
        for scope in trial:
            member.trials.pop(scope, None)
        if not member.trials:
            self._trying.pop(member.access.id, None)
        if member.access.id in self._members:
            self._admit(member.access.id, now)

    def soonest(self, model: str, now: datetime) -> tuple[datetime, Member] | None:
        """Who may serve `model` first, and when; None if nobody does by itself."""
        found = self._lane_of(model).soonest(now)
        return None if found is None else (found[0], self._members[found[1]])

    def tidy(self, now: datetime) -> None:
        """Gives up the lanes of models that nobody has parked any more; follows the settings."""
        for model in [name for name, until in self._parked.items() if until <= now]:
            del self._parked[model]
            self._models.pop(model, None)
        if self._strategy is not self._rules.strategy():
            self._strategy = self._rules.strategy()
            self._models.clear()
            self._all, self._pro = self._lane(None, pro=False), self._lane(None, pro=True)

    def _spare(self, model: str, now: datetime, exclude: Collection[int]) -> Member | None:
        """One whose trial is under way, when there is nobody else."""
        pro = self._rules.pro(model)
        for id in list(self._trying)[:_SPARE]:
            member = self._members[id]
            free = health_.free_at(member.health, model)
            sound = free is not None and free <= now and not member.health.whole.refusals
            if sound and id not in exclude and member.tally.free_at(pro=pro) <= now:
                self._trying.move_to_end(id)
                return member
        return None

    def _admit(self, id: int, now: datetime) -> None:
        for lane in (self._all, self._pro, *self._models.values()):
            lane.admit(id, now)

    def _lane_of(self, model: str) -> Lane:
        if model not in self._parked:
            return self._pro if self._rules.pro(model) else self._all
        lane = self._models.get(model)
        if lane is None:
            lane = self._models[model] = self._lane(model, pro=self._rules.pro(model))
            if len(self._models) > _LANES:
                self._models.popitem(last=False)
        else:
            self._models.move_to_end(model)
        return lane

    def _lane(self, model: str | None, *, pro: bool) -> Lane:
        def free_at(id: int) -> datetime | None:
            member = self._members.get(id)
            if member is None:
                return None
            free = health_.free_at(member.health, model)
            if free is None:
                return None
            if member.tally.caps:
                free = max(free, member.tally.free_at(pro=pro))
            if member.trials:
                trials = member.trials
                free = max(free, trials.get(None, LONG_AGO), trials.get(model, LONG_AGO))
            return free

        return Lane(free_at, order(self._strategy, self._facts), ids=self._members)

    def _weight(self, id: int) -> int:
        member = self._members.get(id)
        return 1 if member is None else member.weight

    def _used(self, id: int) -> tuple[date, int]:
        member = self._members.get(id)
        return (date.min, 0) if member is None else (member.tally.day, member.tally.calls)
