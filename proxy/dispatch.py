"""One answer from many credentials; another one is asked only before the first piece."""

from __future__ import annotations

from asyncio import sleep
from collections.abc import AsyncGenerator, Callable, Collection, Iterable, Iterator, Sequence
from contextlib import aclosing
from datetime import datetime, timedelta
from time import monotonic
from typing import NamedTuple, Protocol

from credentials.health import NotItsFault, Outcome, Stumbled, Succeeded
from credentials.pool import Lack, Lease, Unavailable
from proxy.call import Attempt, Call
from proxy.errors import ErrorKind, GatewayError
from proxy.ir import Piece
from proxy.reasons import Reason, again, figures
from proxy.route import Route, Target
from proxy.upstreams.base import AttemptFailed


class Leases(Protocol):
    """The credential pool as the proxy sees it."""

    async def acquire(
        self, provider: str, model: str, exclude: Collection[int] = (), session: str = ""
    ) -> Lease:
        """Raises Unavailable."""
        ...

    def count(self, provider: str) -> int:
        """How many credentials the provider has."""
        ...

    def home(self, session: str) -> str:
        """The provider that answered this conversation last, "" if nobody knows."""
        ...


Send = Callable[[Target, Lease], AsyncGenerator[Piece, None]]
"""Raises AttemptFailed before the first piece, GatewayError after it."""


class Patience(NamedTuple):
    """At most `attempts` credentials for one request, with `pause` seconds between two of them;
    none asked after `deadline` seconds."""

    attempts: int
    deadline: float
    pause: float = 0.0


async def dispatch(
    call: Call, route: Route, pool: Leases, send: Send, *, patience: Patience
) -> AsyncGenerator[Piece, None]:
    """The pieces of the first credential that answers.

    Every lease is reported exactly once, also when the client leaves: then the credential is
    not blamed. Raises GatewayError when nobody answers, or when the answer breaks off.
    """
    asked = 0
    # A further question of the same call (a cut answer goes on) has a deadline of its own.
    began = monotonic() if call.attempts else call.started
    failure: GatewayError | None = None
    lacks: set[Lack] = set()
    for target in _planned(call, route, pool, lacks):
        # A credential belongs to one provider. For another model it may be asked once more.
        tried: list[int] = []
        while asked < patience.attempts and _in_time(asked, began, patience):
            try:
                lease = await pool.acquire(target.provider, target.model, tried, call.session)
            except Unavailable as nobody:
                failure = _worst(failure, _missing(call, failure, nobody, target), route, target)
                lacks.add(nobody.kind)
                break
            call.target = target
            asked += 1
            tried.append(lease.access.id)
            trial = _Trial(call, lease)
            try:
                if asked > 1 and patience.pause:
                    await sleep(patience.pause)
                async with aclosing(send(target, lease)) as pieces:
                    async for piece in pieces:
                        lease.begun()
                        yield piece
                trial.ended(Succeeded(), "")
            except AttemptFailed as failed:
                trial.ended(failed.outcome, failed.reason, failed.status)
                failure = _worst(failure, failed.error, route, target)
                if not failed.retry:
                    raise failure from failed
            except GatewayError as error:
                # The client has heard part of the answer: never start again.
                trial.ended(Stumbled(), error.message)
                raise
            else:
                return
            finally:
                trial.report()
    raise failure or GatewayError(ErrorKind.UPSTREAM_TIMEOUT, "Nobody answered in time. Try again.")


def _planned(call: Call, route: Route, pool: Leases, lacks: set[Lack]) -> Iterable[Target]:
    """Whom to ask in turn; `lacks` are the reasons why nobody could be."""
    targets = _ordered(route, pool, call.session)
    return _around(call, route, targets, lacks) if route.detours else targets


def _around(
    call: Call, route: Route, targets: Iterable[Target], lacks: set[Lack]
) -> Iterator[Target]:
    """Another model, when every credential is out of quota for the one that was asked for."""
    yield from targets
    spent = Lack.QUOTA in lacks
    for detour in route.detours:
        if not spent or lacks - {Lack.QUOTA, Lack.EMPTY, Lack.OFF}:
            return
        call.detour = detour.name
        reason = f"no quota is left for {call.model}: {detour.name} is asked"
        call.attempts.append(Attempt(0, "", "Detour", reason, 0.0))
        yield from detour.targets


def _worst(
    failure: GatewayError | None, error: GatewayError, route: Route, target: Target
) -> GatewayError:
    """What to tell: nobody wants to hear what a model said that was not asked for."""
    if failure is not None and route.detours and target not in route.targets:
        return failure
    return error


def _ordered(route: Route, pool: Leases, session: str) -> Sequence[Target]:
    """A conversation goes on where it was: signatures in it are good there only."""
    targets = route.targets
    if len(targets) == 1 or not session or not (home := pool.home(session)):
        return targets
    return sorted(targets, key=lambda target: target.provider != home)


def _missing(
    call: Call, failure: GatewayError | None, nobody: Unavailable, target: Target
) -> GatewayError:
    """What to tell if nobody else answers: an empty pool says less than any other failure."""
    if nobody.reason:
        call.attempts.append(Attempt(0, target.provider, "Unavailable", nobody.reason, 0.0))
    if failure is None or (failure.kind is ErrorKind.NO_CREDENTIAL and nobody.known):
        return unavailable(nobody, target, call.now)
    if failure.kind in _LIMITED and nobody.retry_after:
        # The pool knows better than the last refusal when somebody can be asked again.
        sooner = failure.retry_after is not None and failure.retry_after < nobody.retry_after
        if call.target is target or not sooner:
            return unavailable(nobody, target, call.now)
    return failure


_LIMITED = frozenset({ErrorKind.POOL_COOLING, ErrorKind.RATE_LIMITED})


class _Trial:
    """One credential asked. Whatever happens, its lease is reported once."""

    __slots__ = ("_began", "_call", "_lease", "_outcome", "_reason", "_status")

    def __init__(self, call: Call, lease: Lease) -> None:
        self._call = call
        self._lease = lease
        self._began = monotonic()
        # What is reported if the client leaves.
        self._outcome: Outcome = NotItsFault()
        self._reason = "the client left"
        self._status = 0

    def ended(self, outcome: Outcome, reason: str, status: int = 0) -> None:
        self._outcome = outcome
        self._reason = reason
        self._status = status

    def report(self) -> None:
        self._lease.report(self._outcome, status=self._status, words=self._reason)
        access = self._lease.access
        name = type(self._outcome).__name__
        seconds = monotonic() - self._began
        self._call.attempts.append(Attempt(access.id, access.label, name, self._reason, seconds))


def _in_time(asked: int, began: float, patience: Patience) -> bool:
    return not asked or monotonic() - began < patience.deadline


def unavailable(nobody: Unavailable, target: Target, now: datetime) -> GatewayError:
    """Tells an empty pool (the operator must add a credential) from one that is cooling."""
    if nobody.kind is Lack.OFF:
        return GatewayError(
            ErrorKind.NO_CREDENTIAL,
            f"Every credential for `{target.provider}` is switched off or held back; the operator "
            "of this gateway can switch one on.",
            reason=Reason.POOL_OFF,
        )
    if not nobody.known:
        return GatewayError(
            ErrorKind.NO_CREDENTIAL,
            f"This gateway has no credential for `{target.provider}` yet; its operator can add "
            "one with `manage.py importcredentials`.",
            reason=Reason.POOL_EMPTY,
        )
    if nobody.retry_after is None:
        return GatewayError(
            ErrorKind.NO_CREDENTIAL,
            f"No credential of `{target.provider}` can serve `{target.model}`; the operator sees "
            "why in the credential list.",
        )
    return GatewayError(
        ErrorKind.POOL_COOLING,
        f"Every credential for `{target.model}` is resting after upstream limits. "
        f"{again(nobody.retry_after, now)}",
        retry_after=nobody.retry_after,
        reason=Reason.POOL_COOLING,
        headers=figures(reset=now + timedelta(seconds=nobody.retry_after)),
    )
