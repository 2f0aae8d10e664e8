"""The two OAuth grants: what is sent to a token host, and what its answer means. Pure.

RFC 6749 (refresh_token, and the error codes of 5.2), RFC 7523 (jwt-bearer).
"""

from __future__ import annotations

from datetime import datetime, timedelta

import jwt
import msgspec

from credentials import documents
from credentials.documents import GOOGLE, ServiceAccount
from credentials.health import Outcome, RateLimited, Refused
from credentials.issuers import Client

SCOPE = "https://www.googleapis.com/auth/cloud-platform"
PAUSE = timedelta(seconds=15)
"""How long a credential rests when its token host, not it, is in trouble."""

_JWT_BEARER = "urn:ietf:params:oauth:grant-type:jwt-bearer"
_HOUR = timedelta(hours=1)
_LONGEST = timedelta(days=30)

_FINAL = {
    "invalid_grant": "its refresh token was revoked or has expired; authorise it again",
    "unauthorized_client": "it was authorised through another OAuth client; authorise it again",
    "invalid_scope": "it may not have the scopes that are needed; authorise it again",
    "invalid_client": "its own OAuth client is not accepted; authorise it again",
}
_ROBOT = {
    "invalid_grant": "its key was deleted, or the account was disabled; make a new key",
    "unauthorized_client": "it may not ask for access tokens; check its project",
    "invalid_scope": "it may not have the scope cloud-platform; check its project",
    "invalid_client": "its project is not accepted; check the project",
}


class Granted(msgspec.Struct, frozen=True):
    """`refresh_token` only if the host rotated it."""

    access_token: str
    expires_at: datetime
    refresh_token: str = ""

    def __repr__(self) -> str:
        return "<Granted>"


class Denied(Exception):
    """The token host gave none. `outcome` says what that means for the credential."""

    def __init__(self, outcome: Outcome, reason: str) -> None:
        super().__init__(reason)
        self.outcome = outcome
        self.reason = reason


class _Answer(msgspec.Struct):
    access_token: str = ""
    refresh_token: str = ""
    expires_in: float | str | None = None
    error: str = ""
    error_description: str = ""

    def __repr__(self) -> str:
        return "<_Answer>"


def renewal(refresh_token: str, client: Client) -> dict[str, str]:
    """The form that asks for an access token of a person's account."""
    form = {"grant_type": "refresh_token", "refresh_token": refresh_token, "client_id": client.id}
    return form | ({"client_secret": client.secret} if client.secret else {})


def assertion(document: ServiceAccount, now: datetime) -> dict[str, str]:
    """The same for a service account; signing takes milliseconds.

    `aud` is Google's own address even when another host passes the request on: Google checks it.
    """
    issued = int(now.timestamp())
    claims = {
        "iss": document.client_email,
        "scope": SCOPE,
        "aud": GOOGLE,
        "iat": issued,
        "exp": issued + 3600,
    }
    headers = {"kid": document.private_key_id} if document.private_key_id else None
    signed = jwt.encode(claims, document.private_key, algorithm="RS256", headers=headers)
    return {"grant_type": _JWT_BEARER, "assertion": signed}


def read(status: int, body: bytes, now: datetime, client: Client | None) -> Granted:
    """`client` None: a service account asked. Raises Denied."""
    answer = _decoded(body)
    if status in (400, 401):
        raise _refusal(status, answer, client)
    if status != 200:
        raise trouble(f"answered {status}")
    try:
        access_token = documents.plain(answer.access_token, "access_token")
        refresh_token = documents.plain(answer.refresh_token, "refresh_token")
    except ValueError:
        access_token = refresh_token = ""
    if not access_token:
        raise trouble("answered without an access token")
    return Granted(access_token, now + _lifetime(answer.expires_in), refresh_token)


def trouble(what: str) -> Denied:
    """The token host's fault: the credential is only left alone for a moment."""
    reason = f"The token host {what}; the account itself is not to blame."
    return Denied(RateLimited(None, retry_after=PAUSE, reason=reason), reason)


def _refusal(status: int, answer: _Answer, client: Client | None) -> Denied:
    code = answer.error
    if code == "invalid_client" and client is not None and client.ours:
        # Banning every account for a typing mistake in one setting would help nobody.
        reason = "The gateway's OAuth client is not accepted (invalid_client): check its settings."
        return Denied(RateLimited(None, retry_after=PAUSE, reason=reason), reason)
    if code == "invalid_grant" and "reasonable timeframe" in answer.error_description:
        reason = "Google finds this machine's clock wrong; set it (invalid_grant)."
        return Denied(RateLimited(None, retry_after=PAUSE, reason=reason), reason)
    why = (_ROBOT if client is None else _FINAL).get(code)
    if why is None:
        return trouble(f"answered {status}")
    reason = f"The account is not accepted any more: {why} ({code})."
    return Denied(Refused(reason, final=True), reason)


def _decoded(body: bytes) -> _Answer:
    try:
        return msgspec.json.decode(body, type=_Answer)
    except msgspec.MsgspecError:
        return _Answer()


def _lifetime(seconds: float | str | None) -> timedelta:
    """An hour where the host does not say, as Google's are; a month at most."""
    try:
        told = timedelta(seconds=float(seconds or 0))
    except (ValueError, OverflowError):
        told = timedelta(0)
    return min(told, _LONGEST) if told > timedelta(0) else _HOUR
