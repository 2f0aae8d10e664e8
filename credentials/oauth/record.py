"""Flows in the database: opened for one browser session, used once, forgotten soon. Synchronous.

A session is known by a text that only its browser holds; it, and `state`, are kept as digests.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q

from credentials.models import Flow
from credentials.oauth.desk import Desk
from credentials.oauth.states import Grant, Status
from credentials.oauth.troubles import FlowError, Trouble, sentence
from credentials.vault import Vault, VaultError

LIFETIME = timedelta(minutes=10)
_SHORTEST = 16
_ID = re.compile(r"[A-Za-z0-9_-]{22}")
KEPT = timedelta(hours=1)
"""How long the end of a flow can be read, counted from when it would have expired."""


@dataclass(frozen=True, slots=True)
class View:
    """For the page that started it. `error` is a sentence in the reader's language, or ""."""

    id: str
    provider: str
    grant: Grant
    status: Status
    error: str
    purpose: str
    credential: int | None
    created_at: datetime
    expires_at: datetime


def begin(
    desk: Desk,
    session: str,
    grant: Grant,
    provider: str,
    secret: str,
    *,
    purpose: str = "",
    **columns: Any,
) -> Flow:
    """`secret` is sealed. `room` was called before."""
    now = desk.clock()
    columns.setdefault("expires_at", now + LIFETIME)
    return Flow.objects.create(
        public_id=secrets.token_urlsafe(16),
        provider=provider,
        grant=grant,
        session=digest(session),
        sealed=desk.vault.seal(secret).decode(),
        purpose=purpose[:200],
        created_at=now,
        **columns,
    )


def room(desk: Desk, session: str) -> None:
    """Makes room for one more flow: a session's oldest one gives way to it.

    Raises FlowError when too many people are at it, ValueError for a session that anybody may have.
    """
    if len(session) < _SHORTEST:
        raise ValueError("A session is a random text of at least 16 characters.")
    now = desk.clock()
    prune(now)
    pending = Flow.objects.filter(status=Status.PENDING)
    mine = pending.filter(session=digest(session)).order_by("-created_at", "-pk")
    Flow.objects.filter(pk__in=list(mine.values_list("pk", flat=True)[desk.each - 1 :])).delete()
    if pending.count() >= desk.most:
        raise FlowError(Trouble.BUSY)
    ended = Flow.objects.exclude(status=Status.PENDING).order_by("-created_at", "-pk")
    Flow.objects.filter(pk__in=list(ended.values_list("pk", flat=True)[desk.most :])).delete()


def find(session: str, **columns: Any) -> Flow | None:
    """A flow of this very session. Columns: `public_id`, `state` and `grant`."""
    if not _ID.fullmatch(columns.get("public_id", "x" * 22)):
        return None
    row = Flow.objects.filter(**columns).first()
    ours = row is not None and hmac.compare_digest(row.session, digest(session))
    return row if ours else None


def claim(row: Flow, now: datetime) -> bool:
    """Whether it is ours to use; to one caller only, however many ask at the same moment."""
    open_ = Flow.objects.filter(pk=row.pk, status=Status.PENDING, used_at=None, expires_at__gt=now)
    return bool(open_.update(used_at=now, sealed=""))


@contextmanager
def ending(row: Flow) -> Iterator[None]:
    """A flow that was claimed fails with what is raised in the block."""
    try:
        yield
    except FlowError as error:
        fail(row, error)
        raise
    except Exception:
        fail(row, FlowError(Trouble.INTERNAL))
        raise


def fail(row: Flow, error: FlowError) -> None:
    mine = Flow.objects.filter(pk=row.pk, status=Status.PENDING)
    mine.update(status=Status.FAILED, error=error.trouble, code=error.code, sealed="")


def done(row: Flow, credential: int | None) -> None:
    mine = Flow.objects.filter(pk=row.pk)
    mine.update(status=Status.DONE, credential=credential, error="", code="", sealed="")


def opened(vault: Vault, sealed: str) -> str:
    """Raises FlowError: the vault's key was changed meanwhile."""
    try:
        return vault.open(sealed.encode())
    except VaultError:
        raise FlowError(Trouble.INTERNAL) from None


def view(session: str, id: str, now: datetime) -> View | None:
    """None for a flow that is not there, or not this session's."""
    row = find(session, public_id=id)
    if row is None:
        return None
    late = row.status == Status.PENDING and row.expires_at <= now
    status = Status.EXPIRED if late else Status(row.status)
    trouble = Trouble.EXPIRED if status is Status.EXPIRED else row.error
    return View(
        id=row.public_id,
        provider=row.provider,
        grant=Grant(row.grant),
        status=status,
        error=sentence(trouble, row.code),
        purpose=row.purpose,
        credential=row.credential,
        created_at=row.created_at,
        expires_at=row.expires_at,
    )


def prune(now: datetime) -> int:
    """Erases what expired flows hold, and forgets old ones; how many of these."""
    late = Flow.objects.filter(~Q(sealed="") | Q(status=Status.PENDING), expires_at__lte=now)
    late.update(status=Status.EXPIRED, sealed="")
    return Flow.objects.filter(expires_at__lte=now - KEPT).delete()[0]


def digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
