"""The administrator's login: what pages and the API may ask of it.

A page is guarded by `admin_required`; `current` says who looks. A login form calls `login`, which
raises `Refused`, and `keep` to set the cookie; a log-out calls `logout` with its response, which
loses the cookie; `destination` makes `next` safe. REST views are guarded by `panel.auth.rest`.
"""

from __future__ import annotations

from panel.auth.cookie import keep
from panel.auth.door import Refused
from panel.auth.entry import Configured, change, login
from panel.auth.pages import admin_required, current, destination, logout
from panel.auth.sessions import Ticket
from panel.auth.tokens import Session
from panel.auth.visitor import address

__all__ = [
    "Configured",
    "Refused",
    "Session",
    "Ticket",
    "address",
    "admin_required",
    "change",
    "current",
    "destination",
    "keep",
    "login",
    "logout",
]
