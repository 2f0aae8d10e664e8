"""The limits of all processes and hosts that share one Redis.

One round trip asks for everything that a call needs, and Redis's clock says when. While Redis is
away each process goes on with limits of its own: no call fails because of it, and the worst that
happens is that every process admits as much as all of them should.
"""

from __future__ import annotations

import asyncio
import itertools
import secrets
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from keys import days
from keys.limits.addresses import Addresses, Rule, bucket
from keys.limits.admission import FREE, Admission, Local, Terms, busy
from keys.limits.keeper import PULSE, Keeper, Seat, Timing
from keys.limits.pace import MINUTE
from keys.limits.places import Crowded
from keys.limits.refusal import Limited, Which, Whose
from keys.limits.scripts import ADMIT, Names
from keys.limits.scripts import PULSE as PULSE_LUA
from keys.limits.wire import Down, Wire, Word

_ADMIT = "admit"
_NOBODY = -1
_NONE = Rule()

SCRIPTS = {_ADMIT: ADMIT, PULSE: PULSE_LUA}
"""What the wire of `Shared` must be able to run."""


class _Place:
    """A shared place, until it is left."""

    __slots__ = ("_call_id", "_keeper")

    def __init__(self, keeper: Keeper, call_id: str) -> None:
        self._keeper = keeper
        self._call_id = call_id

    def leave(self) -> None:
        self._keeper.leave(self._call_id)


class _Unlimited:
    """Somebody who looks at a public page."""

    key_id = 0
    rpm = concurrency = None
    waiting = 0


class Shared:
    """`limits.Limits` through `wire`, and through `local` while Redis is away."""

    def __init__(
        self, wire: Wire, local: Local, *, names: Names | None = None, timing: Timing | None = None
    ) -> None:
        self._wire = wire
        self._local = local
        self._names = names or Names()
        self._keeper = Keeper(wire, self._names, timing)
        self._midnights: tuple[int, ...] = ()
        # The number has a fixed width, so that calls of the same microsecond keep their order.
        self._nonce = secrets.token_hex(8)
        self._numbers = itertools.count()

    @property
    def healthy(self) -> bool:
        """Whether the limits hold across processes at this moment."""
        return self._wire.healthy

    async def start(self) -> None:
        """Never fails: without Redis the limits of this process hold."""
        await self._keeper.start()
        await self._wire.start()

    async def close(self) -> None:
        await self._keeper.close()
        await self._wire.close()

    async def admit(self, terms: Terms, address: str, now: datetime) -> Admission:
        local = self._local
        local.see(terms, address, now)
        rule = local.calls.rule()
        if not rule.covers(address):
            if terms.rpm is None and terms.concurrency is None:
                return FREE
            rule = _NONE
        if self._wire.healthy:
            try:
                return await self._enter(terms, rule, f"calls:{bucket(address)}", now)
            except Down:
                pass
        return await local.enter(terms, address, now)

    async def visit(self, address: str, now: datetime) -> None:
        pages = self._local.pages
        rule = pages.rule()
        if not rule.covers(address):
            return
        if self._wire.healthy:
            try:
                await self._enter(_Unlimited, rule, f"pages:{bucket(address)}", now)
            except Down:
                pass
            else:
                return
        pages.admit(address, now)

    async def _enter(self, terms: Terms, rule: Rule, place: str, now: datetime) -> Admission:
        call_id = f"{self._nonce}-{next(self._numbers):012x}"
        limit = terms.concurrency
        seat = None if limit is None else Seat(terms.key_id, limit)
        names = self._names
        keys = (
            names.minute(f"key:{terms.key_id}"),
            names.minute(place),
            names.day(place),
            *names.places(terms.key_id),
        )
        args = self._words(call_id, terms, rule, now)
        if seat is not None:
            self._keeper.hurry(seat.key_id)
        try:
            what, moment, asked = await self._wire.submit(_ADMIT, keys, args)
        except (Down, asyncio.CancelledError):
            # It may have happened all the same, and nobody would ever leave the place.
            self._keeper.leave(call_id, seat)
            raise
        if what > 1:
            raise _refusal(what, terms, rule, moment, asked)
        if seat is None:
            return FREE
        if what == 0:
            self._keeper.hold(call_id, seat)
        else:
            await self._wait(call_id, seat, moment, terms)
        return _Place(self._keeper, call_id)

    async def _wait(self, call_id: str, seat: Seat, since: int, terms: Terms) -> None:
        try:
            await self._keeper.wait(call_id, seat, since, self._local.patience())
        except Crowded as crowded:
            raise busy(terms, crowded.waited) from crowded

    def _words(self, call_id: str, terms: Terms, rule: Rule, now: datetime) -> Sequence[Word]:
        return (
            call_id,
            _micro(MINUTE),
            *self._keeper.timing.words,
            *map(_number, (terms.rpm, rule.per_minute, rule.per_day, terms.concurrency)),
            terms.waiting,
            *(self._calendar(now) if rule.per_day is not None else ()),
        )

    def _calendar(self, now: datetime) -> tuple[int, ...]:
        """The midnights around now. Redis chooses: it knows the time, but no time zones."""
        known = self._midnights
        if not known or not known[1] <= _micro(now.timestamp()) < known[2]:
            self._midnights = midnights(self._local.calls, now)
        return self._midnights


def midnights(addresses: Addresses, now: datetime) -> tuple[int, ...]:
    """When yesterday, today, tomorrow and the day after begin, in microseconds."""
    today = days.window(now, addresses.zone)
    before = days.window(today.starts - timedelta(seconds=1), addresses.zone)
    after = days.window(today.resets_at, addresses.zone)
    moments = (before.starts, today.starts, today.resets_at, after.resets_at)
    return tuple(_micro(each.timestamp()) for each in moments)


def _micro(seconds: float) -> int:
    return round(seconds * 1_000_000)


def _number(limit: int | None) -> int:
    return _NOBODY if limit is None else limit


def _refusal(what: int, terms: Terms, rule: Rule, moment: int, asked: int) -> Limited:
    if what > 4:
        return busy(terms)
    which, whose, limit = {
        2: (Which.MINUTE, Whose.KEY, terms.rpm),
        3: (Which.MINUTE, Whose.ADDRESS, rule.per_minute),
        4: (Which.DAY, Whose.ADDRESS, rule.per_day),
    }[what]
    return Limited(
        which,
        whose,
        limit or 0,
        retry_after=(moment - asked) / 1_000_000,
        reset_at=datetime.fromtimestamp(moment / 1_000_000, UTC),
    )
