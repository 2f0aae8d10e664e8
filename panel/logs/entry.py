"""Who may watch: read from the handshake of a websocket, and from the database off the loop."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from channels.db import database_sync_to_async
from django.http import parse_cookie
from django.utils import timezone

from panel.auth import cookie, sessions
from panel.auth.tokens import Session

Scope = Mapping[str, Any]


def foreign(scope: Scope) -> bool:
    """Whether a page of another site opened it. Only browsers say where they are; a browser
    always does."""
    origin = header(scope, b"origin")
    return bool(origin) and urlsplit(origin).netloc.lower() != header(scope, b"host").lower()


def token(scope: Scope) -> str:
    """What `Authorization` holds, or else the browser's cookie; "" for neither."""
    sent = header(scope, b"authorization")
    if sent:
        scheme, _, rest = sent.partition(" ")
        return rest.strip() if scheme.lower() == "bearer" else sent
    return parse_cookie(header(scope, b"cookie")).get(cookie.NAME, "")


def query(scope: Scope) -> dict[str, str]:
    text = bytes(scope.get("query_string") or b"").decode("latin-1")
    return dict(parse_qsl(text, keep_blank_values=True))


def header(scope: Scope, name: bytes) -> str:
    found: list[tuple[bytes, bytes]] = scope["headers"]
    values = [value.decode("latin-1").strip() for each, value in found if each == name]
    return ("; " if name == b"cookie" else ", ").join(values)


async def find(token: str) -> Session | None:
    """The session of a token, None if it is not good."""
    reading = database_sync_to_async(sessions.find, thread_sensitive=False)
    found: Session | None = await reading(token, timezone.now())
    return found


async def over(tokens: Collection[str]) -> Collection[str]:
    """Which of them are good no longer."""
    reading = database_sync_to_async(_over, thread_sensitive=False)
    found: set[str] = await reading(tokens, timezone.now())
    return found


def _over(tokens: Collection[str], now: datetime) -> set[str]:
    return {each for each in tokens if sessions.find(each, now) is None}
