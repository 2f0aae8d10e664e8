"""The cookie that keeps a browser logged in."""

from __future__ import annotations

from datetime import datetime

from django.http import HttpRequest
from django.http.response import HttpResponseBase

from panel.auth import sessions
from panel.auth.sessions import Ticket
from panel.auth.tokens import Session

NAME = "potluck_session"


def keep(request: HttpRequest, response: HttpResponseBase, ticket: Ticket) -> None:
    """No script reads it, and no other site's page sends it."""
    session = ticket.session
    response.set_cookie(
        NAME,
        ticket.token,
        max_age=session.expires - session.issued,
        secure=request.is_secure(),
        httponly=True,
        samesite="Strict",
    )


def drop(response: HttpResponseBase) -> None:
    response.delete_cookie(NAME, samesite="Strict")


def renew(
    request: HttpRequest, response: HttpResponseBase, session: Session, now: datetime
) -> None:
    """Gives the browser a new cookie when half of its time is over."""
    if session.ageing(now) and NAME not in response.cookies:
        keep(request, response, sessions.renew(session, now))


def find(request: HttpRequest, now: datetime) -> Session | None:
    token = request.COOKIES.get(NAME, "")
    return sessions.find(token, now) if token else None
