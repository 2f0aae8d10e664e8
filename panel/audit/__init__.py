"""The audit trail: who changed what, from where."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.http import HttpRequest
from django.utils import timezone

from panel.audit import book, values
from panel.auth import visitor

log = logging.getLogger("potluck.audit")

_PROVEN = frozenset({"session.begin", "session.end"})
"""What only the administrator can do, before a door has let them in or after it."""


def note(
    request: HttpRequest | None,
    action: str,
    target: str = "",
    *,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
    by: str = "",
    now: datetime | None = None,
) -> int:
    """Writes one entry and gives its number; call it in the transaction of the change, after it.

    `action` is `noun.verb` ("key.create", "credential.pardon", "setting.change"), `target` what
    it was done to ("key 12", a setting's name). `before` and `after` hold only what changed, as
    JSON values, and never a secret. `request` None: a command did it. `by` says who, where that
    is neither the administrator nor a command ("contributor 7").
    """
    target = values.masked(target)
    old, new = values.safe(before or {}), values.safe(after or {})
    address = visitor.address(request) if request is not None else ""
    number, hash = book.append(
        book.Entry(
            at=now or timezone.now(),
            actor=by or _who(request, action, target),
            address=address,
            action=action,
            target=target,
            before=values.text(old),
            after=values.text(new),
        )
    )
    # Whoever keeps the log elsewhere has a witness of the chain outside of the database.
    log.info(
        "%s %s by %s: %s -> %s (entry %s, %s)",
        action,
        target,
        address or "command",
        old,
        new,
        number,
        hash[:16],
    )
    return number


def _who(request: HttpRequest | None, action: str, target: str) -> str:
    if request is None:
        return "command"
    who = visitor.who(request)
    if who != visitor.ANYBODY:
        return who
    if action in _PROVEN:
        return "administrator"
    # Nobody else touches a contribution from outside.
    noun, _space, number = target.partition(" ")
    return f"contributor {number}".strip() if noun == "contribution" else who
