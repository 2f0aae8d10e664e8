"""In and out: the password, and a code where that is wanted, for a session; a session for nothing.

Codes have a door of their own. Behind the one for passwords whoever knows the password could
guess at codes for ever, because each right password forgives what was wrong before it. And since
nobody else comes as far as that, the wait that a stranger can cause may be longer.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TypeVar

from django.conf import settings
from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone

from keys.limits.pace import Pace
from keys.lockout import ACCOUNT
from panel import audit, password
from panel.auth import factor, half, sessions, totp, visitor
from panel.auth.door import Door, Refused, WrongCode
from panel.auth.factor import Late, Proof
from panel.auth.sessions import Ticket
from panel.auth.tally import Tally
from panel.auth.tokens import Session

T = TypeVar("T")

_HOUR = 3_600.0
_NOTED = 30
"""Refusals an hour that the audit trail hears of: guesses must not fill it."""


def verify(attempt: str) -> bool:
    return password.matches(attempt, settings.POTLUCK.panel_password)


def passwords() -> Door:
    """A door for passwords."""
    return Door(verify, Tally("password"))


def codes() -> Door:
    """A door for codes."""
    return Door(verify, Tally("code", account=ACCOUNT._replace(cap=timedelta(minutes=15))))


door = passwords()
second = codes()

_refusals = Pace(_HOUR)


class Configured(Exception):
    """The password is PANEL_PASSWORD, so it cannot be changed from inside."""

    def __str__(self) -> str:
        return "The password is set by PANEL_PASSWORD; change it there and restart."


class CodeWanted(Exception):
    """There is a second factor. `generation` is that of the password, which was right, or None
    where it was not looked at."""

    def __init__(self, generation: int | None = None) -> None:
        super().__init__(generation)
        self.generation = generation

    def __str__(self) -> str:
        return (
            "The password alone opens nothing here: send {password, code} to POST /auth/login, "
            "with a code of the authenticator or a recovery code, and use the token."
        )


def login(
    request: HttpRequest, attempt: str, code: str = "", now: datetime | None = None
) -> Ticket:
    """A new session. Raises door.Refused, CodeWanted or factor.Unreadable. To be called from a
    thread, as sync views are."""
    now, generation = now or timezone.now(), password.generation()
    prove(request, attempt, now)
    if not factor.on():
        return _begin(request, generation, now)
    if not code:
        raise CodeWanted(generation)
    return _begin(request, generation, now, show(request, code, now))


def finish(request: HttpRequest, code: str, now: datetime | None = None) -> Ticket:
    """The session of who has half a login. Raises Late without one, and what `login` does."""
    now = now or timezone.now()
    generation = half.find(request, now)
    if generation is None:
        raise Late
    return _begin(request, generation, now, show(request, code, now))


def recall(request: HttpRequest, attempt: str, now: datetime | None = None) -> None:
    """Lets a request through that carries the password itself. Raises door.Refused; CodeWanted,
    without a look at the password, where it is not enough."""
    if factor.on():
        raise CodeWanted
    now, generation = now or timezone.now(), password.generation()
    try:
        door.recall(attempt, generation, visitor.address(request), now)
    except Refused as refused:
        _note(request, refused, now)
        raise


def prove(request: HttpRequest, attempt: str, now: datetime) -> None:
    """Whether it is the password. Raises door.Refused."""
    try:
        door.admit(attempt, visitor.address(request), now)
    except Refused as refused:
        _note(request, refused, now)
        raise


def show(request: HttpRequest, code: str, now: datetime) -> Proof:
    """Whether it is a code of the second factor; it is used up. Raises door.Refused, and
    factor.Unreadable."""
    try:
        return _second(request, lambda: factor.check(code, now), now)
    except Refused as refused:
        _note(request, refused, now)
        raise


def enrol(
    request: HttpRequest, sealed: str, code: str, session: Session, now: datetime
) -> list[str]:
    """Turns the second factor on, once `code` shows that the authenticator has the secret. Gives
    the recovery codes. Raises door.Refused, and factor.Late."""
    found = factor.proposal(sealed, session, now)
    step = _second(request, lambda: totp.step(found.secret, code, now), now)
    with transaction.atomic():
        recovery = factor.enable(found, step, now)
        audit.note(request, "factor.enable")
    return recovery


def recode(request: HttpRequest, attempt: str, code: str, now: datetime) -> list[str]:
    """New recovery codes instead of the old ones. Raises what `show` and `prove` do."""
    _both(request, attempt, code, now)
    with transaction.atomic():
        recovery = factor.recode()
        audit.note(request, "factor.recode")
    return recovery


def disable(request: HttpRequest, attempt: str, code: str, now: datetime) -> None:
    """Switches the second factor off. Raises what `show` and `prove` do."""
    _both(request, attempt, code, now)
    with transaction.atomic():
        if factor.disable():
            audit.note(request, "factor.disable")


def change(request: HttpRequest, old: str, new: str, now: datetime | None = None) -> None:
    """Sets another password, which ends every session. Raises door.Refused or Configured."""
    if settings.POTLUCK.panel_password:
        raise Configured
    prove(request, old, now or timezone.now())
    with transaction.atomic():
        password.change(new)
        audit.note(request, "password.change")


def everywhere(request: HttpRequest) -> None:
    """Ends every session."""
    with transaction.atomic():
        password.advance()
        audit.note(request, "session.end", "everywhere")


def end(request: HttpRequest, session: Session, now: datetime) -> None:
    """Ends all tokens of a session."""
    with transaction.atomic():
        sessions.end(session, now)
        audit.note(request, "session.end")


def _begin(
    request: HttpRequest, generation: int, now: datetime, proof: Proof | None = None
) -> Ticket:
    shown = {"second_factor": proof.value} if proof else None
    audit.note(request, "session.begin", after=shown, now=now)
    return sessions.begin(generation, now)


def _both(request: HttpRequest, attempt: str, code: str, now: datetime) -> None:
    prove(request, attempt, now)
    show(request, code, now)


def _second(request: HttpRequest, look: Callable[[], T | None], now: datetime) -> T:
    try:
        return second.guard(look, visitor.address(request), now)
    except Refused as refused:
        if refused.retry_after is None:
            raise WrongCode from None
        raise


def _note(request: HttpRequest, refused: Refused, now: datetime) -> None:
    """What is refused unseen, while one has to wait, is not worth a line."""
    moment = now.timestamp()
    if refused.retry_after is not None or not _refusals.ask("", _NOTED, moment).fits:
        return
    _refusals.count("", moment)
    audit.note(request, "session.refuse", after={"reason": str(refused)}, now=now)
