"""The device flow (RFC 8628): a person types a short code in at the provider, on any device.

The caller's page polls; the provider is asked no faster than it wants to be.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from math import ceil
from urllib.parse import urlsplit

import msgspec

from credentials.models import Flow
from credentials.oauth import exchange, record
from credentials.oauth.desk import Authorised, Desk, Keep
from credentials.oauth.exchange import Reply
from credentials.oauth.flow import settle
from credentials.oauth.states import Grant, Status
from credentials.oauth.troubles import FlowError, Trouble

_GRANT = "urn:ietf:params:oauth:grant-type:device_code"
_LONGEST = timedelta(minutes=15)
_SHORTEST = timedelta(minutes=1)
_SLOWEST = 60
_FLIGHT = timedelta(seconds=30)
"""Longer than a poll can take: no second one begins while the first is under way."""
_CODE = re.compile(r"[!-~](?:[ -~]{0,38}[!-~])?")
_DEVICE_CODE = re.compile(r"[!-~]{1,4096}")


@dataclass(frozen=True, slots=True)
class Shown:
    """What the page shows. `complete` is the same address with the code in it, or ""; `interval`
    is how many seconds to wait between two polls."""

    id: str
    user_code: str = field(repr=False)
    verification_uri: str
    complete: str = field(repr=False)
    interval: int
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Waiting:
    """Nothing yet; poll again `after` so many seconds."""

    after: int


class _Kept(msgspec.Struct):
    device_code: str
    user_code: str
    verification_uri: str
    complete: str


def start(desk: Desk, provider: str, session: str, *, purpose: str = "") -> Shown:
    """Parameters as of `flow.begin`. Raises FlowError."""
    issuer = desk.issuer(provider)
    if not issuer.device_url:
        raise FlowError(Trouble.NO_DEVICE)
    record.room(desk, session)
    form = {"scope": " ".join(issuer.scopes)} if issuer.scopes else {}
    reply = desk.ask(exchange.ask(desk.web, issuer, issuer.device_url, form))
    if reply.error or reply.status != 200:
        raise reply.refused()
    kept = _kept(reply)
    told = timedelta(seconds=_seconds(reply, "expires_in", 600, 86_400))
    interval = _seconds(reply, "interval", 5, _SLOWEST)
    now = desk.clock()
    row = record.begin(
        desk,
        session,
        Grant.DEVICE,
        provider,
        msgspec.json.encode(kept).decode(),
        purpose=purpose,
        expires_at=now + max(_SHORTEST, min(told, _LONGEST)),
        interval=interval,
        next_poll_at=now + timedelta(seconds=interval),
    )
    return _shown(row, kept)


def shown(desk: Desk, session: str, id: str) -> Shown | None:
    """The same again, for a page that is loaded once more. None when it is over, or not theirs."""
    row = record.find(session, public_id=id, grant=Grant.DEVICE)
    if row is None or row.status != Status.PENDING or row.expires_at <= desk.clock():
        return None
    return _shown(row, _opened(desk, row)) if row.sealed else None


def poll(desk: Desk, session: str, id: str, *, keep: Keep | None = None) -> Authorised | Waiting:
    """Asks the provider, if it is time. `keep` as of `flow.finish`.

    Raises FlowError when it is over: then the flow has ended, unless it was another session's.
    """
    row = record.find(session, public_id=id, grant=Grant.DEVICE)
    if row is None:
        raise FlowError(Trouble.STRANGER)
    now = desk.clock()
    _ended(row, now)
    if not _turn(row, now):
        return Waiting(_left(row, now))
    with record.ending(row):
        issuer = desk.issuer(row.provider)
        form = {"grant_type": _GRANT, "device_code": _opened(desk, row).device_code}
    try:
        reply = desk.ask(exchange.ask(desk.web, issuer, issuer.token_url, form))
    except FlowError:
        return _again(desk, row, min(row.interval * 2, _SLOWEST))  # RFC 8628 3.5: back off
    if reply.error == "slow_down":
        return _again(desk, row, min(row.interval + 5, _SLOWEST))
    if reply.error == "authorization_pending" or (not reply.error and reply.status >= 500):
        return _again(desk, row, row.interval)
    if not record.claim(row, now):
        raise FlowError(Trouble.STRANGER)
    with record.ending(row):
        if reply.error or reply.status != 200:
            raise reply.refused()
        work = exchange.lent(desk.web, row.provider, issuer, reply, desk.clock())
        return settle(desk, row, desk.ask(work), keep)


def _ended(row: Flow, now: datetime) -> None:
    """Raises FlowError for a flow that is over."""
    if row.status == Status.DONE:
        raise FlowError(Trouble.FINISHED)
    if row.status == Status.FAILED:
        raise FlowError(Trouble(row.error), row.code)
    if row.status == Status.EXPIRED or row.expires_at <= now or row.used_at is not None:
        raise FlowError(Trouble.EXPIRED)


def _turn(row: Flow, now: datetime) -> bool:
    """Whether this poll may ask; of many at one moment, one."""
    free = Flow.objects.filter(pk=row.pk, used_at=None, next_poll_at__lte=now)
    return bool(free.update(next_poll_at=now + _FLIGHT))


def _left(row: Flow, now: datetime) -> int:
    assert row.next_poll_at is not None  # noqa: S101 - every flow of this grant has one
    return min(max(ceil((row.next_poll_at - now).total_seconds()), 1), _SLOWEST)


def _again(desk: Desk, row: Flow, interval: int) -> Waiting:
    later = desk.clock() + timedelta(seconds=interval)
    Flow.objects.filter(pk=row.pk).update(interval=interval, next_poll_at=later)
    return Waiting(interval)


def _kept(reply: Reply) -> _Kept:
    """Raises FlowError for an answer that a page could not show."""
    found = _Kept(
        device_code=reply.text("device_code"),
        user_code=reply.text("user_code").strip(),
        # Google and older servers call it a URL.
        verification_uri=reply.text("verification_uri") or reply.text("verification_url"),
        complete=reply.text("verification_uri_complete"),
    )
    if not _DEVICE_CODE.fullmatch(found.device_code) or not _CODE.fullmatch(found.user_code):
        raise FlowError(Trouble.AWAY)
    if not _address(found.verification_uri):
        raise FlowError(Trouble.AWAY)
    return found if _address(found.complete) else msgspec.structs.replace(found, complete="")


def _address(text: str) -> bool:
    """It becomes a link: nothing but the web."""
    if len(text) > 1_000 or not text.isascii() or not text.isprintable() or " " in text:
        return False
    try:
        parts = urlsplit(text)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.hostname) and "@" not in parts.netloc


def _seconds(reply: Reply, name: str, default: int, most: int) -> int:
    value = reply.data.get(name)
    if not isinstance(value, int | float) or not 1 <= value <= most:
        return default
    return int(value)


def _opened(desk: Desk, row: Flow) -> _Kept:
    return msgspec.json.decode(record.opened(desk.vault, row.sealed), type=_Kept)


def _shown(row: Flow, kept: _Kept) -> Shown:
    return Shown(
        id=row.public_id,
        user_code=kept.user_code,
        verification_uri=kept.verification_uri,
        complete=kept.complete,
        interval=row.interval,
        expires_at=row.expires_at,
    )
