"""Asks credentials that nobody uses whether they work again, and any one when a person wants it."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from datetime import datetime
from time import monotonic
from typing import Protocol

import msgspec

from credentials.bearer import Unready
from credentials.health import NotItsFault, Outcome, Proven, Succeeded
from credentials.history import redacted
from credentials.opening import Opened, opened
from credentials.pool import Pool
from credentials.roster import Access, Member
from credentials.store import Row
from credentials.vault import Vault

log = logging.getLogger(__name__)

_AT_ONCE = 4
_LIMIT = 30.0
_NOTHING = NotItsFault()


class Answer(msgspec.Struct, frozen=True):
    """What a probe heard. `status` is the upstream's (0: none came), `words` what it said."""

    outcome: Outcome
    status: int = 0
    words: str = ""


class Prober(Protocol):
    """Asks the cheapest real question there is, such as for one token.

    A list of models proves less: services give it to accounts that may not generate. It maps its
    own failures to outcomes as the request path does; what it raises counts for nothing.
    """

    async def __call__(self, access: Access) -> Answer: ...


class Dates(Protocol):
    """Who is to be probed (`agenda.Agenda`)."""

    async def due(self, now: datetime) -> list[int]: ...

    async def ours(self, ids: Sequence[int], now: datetime) -> list[int]: ...


class Rows(Protocol):
    async def find(self, id: int) -> Row | None: ...


class Result(msgspec.Struct, frozen=True):
    """Of a test. `said` is a sentence for people, `seconds` how long it took."""

    ok: bool
    outcome: str
    status: int
    said: str
    seconds: float


class Probes:
    """`run` is called every minute. Probes of one run go out four at a time."""

    def __init__(
        self,
        pool: Pool,
        rows: Rows,
        vault: Vault,
        dates: Dates,
        prober: Prober,
        clock: Callable[[], datetime],
    ) -> None:
        self._pool = pool
        self._rows = rows
        self._vault = vault
        self._dates = dates
        self._prober = prober
        self._clock = clock
        self._asked: dict[int, datetime] = {}
        """The rests at whose end we have asked."""

    async def run(self) -> int:
        """Probes whoever is due; gives how many that were."""
        now = self._clock()
        members = self._pool.company.members
        ids = [id for id in await self._dates.due(now) if id in members]
        ids += await self._dates.ours(self._refused(now), now)
        gate = asyncio.Semaphore(_AT_ONCE)
        async with asyncio.TaskGroup() as group:
            for id in ids:
                group.create_task(self._probe(id, gate))
        return len(ids)

    async def test(self, id: int) -> Result:
        """One call with a credential, whatever its state; also with one that is disabled.

        What it says counts, if the credential is one that is lent. Raises LookupError for one
        that is gone, or whose secret cannot be opened.
        """
        began = monotonic()
        answer = await self._ask(id, await self._found(id))
        name = type(answer.outcome).__name__
        ok = isinstance(answer.outcome, Succeeded)
        said = redacted(answer.words) or ("It works." if ok else "It gave no reason.")
        return Result(ok, name, answer.status, said, monotonic() - began)

    def _refused(self, now: datetime) -> list[int]:
        """Refused, not banned, and rested: better we ask than somebody's request. Once a rest."""
        rested: dict[int, datetime] = {}
        for id, member in self._pool.company.members.items():
            whole, banned = member.health.whole, member.health.banned
            if whole.refusals and whole.until <= now and not banned and not member.trials:
                rested[id] = whole.until
        found = [id for id, until in rested.items() if self._asked.get(id) != until]
        self._asked = rested
        return found

    async def _probe(self, id: int, gate: asyncio.Semaphore) -> None:
        async with gate:
            member = self._pool.company.members.get(id)
            if member is None:
                return
            roster = self._pool.company.of(member)
            # While we ask nobody else does.
            trial = roster.trial(member, "", self._clock())
            try:
                answer = await self._ask(id, member)
            finally:
                roster.tried(member, trial, self._clock())
        log.info("Credential %s was probed: %s", id, type(answer.outcome).__name__)

    async def _found(self, id: int) -> Member | Opened:
        member = self._pool.company.members.get(id)
        if member is not None:
            return member
        row = await self._rows.find(id)
        found = opened(self._vault, row, None) if row is not None else None
        if found is None:
            raise LookupError(f"There is no credential {id} that can be tested.")
        return found

    async def _ask(self, id: int, one: Member | Opened) -> Answer:
        """Asks, and learns from what it hears."""
        sent_at = self._clock()
        try:
            access = await self._pool.ready(one)
            async with asyncio.timeout(_LIMIT):
                answer = await self._prober(access)
        except Unready as error:
            answer = Answer(error.failure.outcome, words=error.failure.reason)
        except TimeoutError:
            answer = Answer(_NOTHING, words="No answer within thirty seconds.")
        except Exception as error:  # it is the caller's code, and one probe must not end the others
            log.exception("The probe of credential %s failed by itself.", id)
            answer = Answer(_NOTHING, words=f"The probe itself failed ({type(error).__name__}).")
        outcome = Proven() if isinstance(answer.outcome, Succeeded) else answer.outcome
        self._pool.learn(id, outcome, sent_at, answer.status, answer.words)
        return answer
