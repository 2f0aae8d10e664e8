"""Sessions as the database knows them: of the right generation, and not logged out.

Two look-ups by primary key for each request of the console. A copy in memory would save them, and
leave a logged-out session alive in other processes until the next refresh.
"""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from django.conf import settings

from panel import password
from panel.auth import tokens
from panel.auth.tokens import Session
from panel.models import EndedSession


class Ticket(NamedTuple):
    """A session and the text that opens it, which is a secret."""

    session: Session
    token: str


def begin(generation: int, now: datetime) -> Ticket:
    """`generation` was read before the password was looked at: a change in between counts."""
    return _sign(tokens.begin(generation, now))


def renew(session: Session, now: datetime) -> Ticket:
    return _sign(tokens.renew(session, now))


def find(token: str, now: datetime) -> Session | None:
    """The session of a token, None if it is forged, over, logged out, or of an old password."""
    session = tokens.read(token, _key(), now)
    if session is None or session.generation != password.generation():
        return None
    return None if EndedSession.objects.filter(jti=session.jti).exists() else session


def end(session: Session, now: datetime) -> None:
    """Ends all tokens of a session, in every process at once."""
    EndedSession.objects.filter(until__lte=now).delete()
    EndedSession.objects.get_or_create(jti=session.jti, defaults={"until": session.ends})


def _sign(session: Session) -> Ticket:
    return Ticket(session, tokens.write(session, _key()))


def _key() -> bytes:
    return tokens.key(settings.SECRET_KEY, settings.POTLUCK.panel_password)
