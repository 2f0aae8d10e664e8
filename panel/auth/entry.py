"""In and out: the password for a session, a session for nothing."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone

from panel import password
from panel.auth import sessions, visitor
from panel.auth.door import Door
from panel.auth.sessions import Ticket


def verify(attempt: str) -> bool:
    return password.matches(attempt, settings.POTLUCK.panel_password)


door = Door(verify)


class Configured(Exception):
    """The password is PANEL_PASSWORD, so it cannot be changed from inside."""

    def __str__(self) -> str:
        return "The password is set by PANEL_PASSWORD; change it there and restart."


def login(request: HttpRequest, attempt: str, now: datetime | None = None) -> Ticket:
    """A new session. Raises door.Refused. To be called from a thread, as sync views are."""
    now, generation = now or timezone.now(), password.generation()
    door.admit(attempt, visitor.address(request), now)
    return sessions.begin(generation, now)


def recall(request: HttpRequest, attempt: str, now: datetime | None = None) -> None:
    """Lets a request through that carries the password itself. Raises door.Refused."""
    now, generation = now or timezone.now(), password.generation()
    door.recall(attempt, generation, visitor.address(request), now)


def change(request: HttpRequest, old: str, new: str, now: datetime | None = None) -> None:
    """Sets another password, which ends every session. Raises door.Refused or Configured."""
    if settings.POTLUCK.panel_password:
        raise Configured
    door.admit(old, visitor.address(request), now or timezone.now())
    password.change(new)
