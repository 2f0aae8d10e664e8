"""The administrator's login: what pages and the API may ask of it.

A page is guarded by `admin_required`; `current` says who looks. A login form calls `login`, which
raises `Refused`, and `keep` to set the cookie; a log-out calls `logout` with its response, which
loses the cookie; `destination` makes `next` safe. REST views are guarded by `panel.auth.rest`.
"""

from __future__ import annotations

from panel.auth.cookie import keep
from panel.auth.door import Refused, WrongCode
from panel.auth.entry import CodeWanted, Configured, change, everywhere, finish, login
from panel.auth.factor import Late, Unreadable
from panel.auth.pages import admin_required, current, destination, logout
from panel.auth.sessions import Ticket
from panel.auth.tokens import Session
from panel.auth.visitor import address

__all__ = [
    "CodeWanted",
    "Configured",
    "Late",
    "Refused",
    "Session",
    "Ticket",
    "Unreadable",
    "WrongCode",
    "address",
    "admin_required",
    "change",
    "current",
    "destination",
    "everywhere",
    "finish",
    "keep",
    "login",
    "logout",
]
