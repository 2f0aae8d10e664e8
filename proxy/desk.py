"""Who asks: finds the key in a request and what it allows. Memory only for a known key."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from fnmatch import fnmatchcase

from keys.directory import Directory, Grant
from proxy.errors import ErrorKind, GatewayError
from proxy.reasons import Reason

_MISSING = (
    "Send your gateway key: `Authorization: Bearer sk-…`, `x-api-key`, `x-goog-api-key` or `?key=`."
)
# OpenAI's words first: some libraries tell a wrong key by them.
_UNKNOWN = (
    "Incorrect API key provided: this gateway does not know it. Check that it is complete, or ask "
    "for a new one."
)


def secret_of(headers: Mapping[str, str], query: Mapping[str, str]) -> str:
    """The key as sent, "" if none: Bearer, bare Authorization, x-api-key, x-goog-api-key, ?key=."""
    if value := headers.get("authorization", "").strip():
        scheme, _, rest = value.partition(" ")
        if scheme.lower() != "bearer":
            return value
        if rest.strip():
            return rest.strip()
    for name in ("x-api-key", "x-goog-api-key"):
        if value := headers.get(name, "").strip():
            return value
    return query.get("key", "").strip()


async def admit(
    directory: Directory,
    headers: Mapping[str, str],
    query: Mapping[str, str],
    now: datetime,
    address: str = "",
) -> Grant:
    """The grant of the key in the request, which comes from `address`. Raises
    GatewayError(UNAUTHENTICATED or FORBIDDEN)."""
    secret = secret_of(headers, query)
    if not secret:
        raise _stranger(_MISSING, Reason.KEY_MISSING)
    grant = directory.find(secret) or await directory.find_or_refresh(secret)
    if grant is None:
        raise _stranger(_UNKNOWN, Reason.KEY_UNKNOWN)
    if not grant.enabled:
        raise _forbidden("This key is switched off. Ask who gave it to you.", Reason.KEY_DISABLED)
    if grant.expires_at is not None and grant.expires_at <= now:
        raise _forbidden("This key has expired. Ask who gave it to you.", Reason.KEY_EXPIRED)
    if not grant.welcomes(address):
        raise _forbidden(
            f"This key may not be used from your address, {address}.", Reason.KEY_ADDRESS
        )
    return grant


def _stranger(message: str, reason: Reason) -> GatewayError:
    headers = {"www-authenticate": "Bearer"}
    return GatewayError(ErrorKind.UNAUTHENTICATED, message, headers=headers, reason=reason)


def _forbidden(message: str, reason: Reason) -> GatewayError:
    return GatewayError(ErrorKind.FORBIDDEN, message, reason=reason)


def allow(grant: Grant, model: str, real: str = "") -> None:
    """Raises GatewayError(FORBIDDEN) when the key's model list covers neither `model` nor `real`,
    which is what it stands for."""
    if not allowed(grant, model, real or model):
        raise GatewayError(
            ErrorKind.FORBIDDEN,
            f"This key may not use `{model}`. It may use: {', '.join(grant.models)}.",
            param="model",
            reason=Reason.KEY_MODEL,
        )


def allowed(grant: Grant, *names: str) -> bool:
    """Whether the key may use a model that has one of these names."""
    globs = grant.models
    return not globs or any(fnmatchcase(name, glob) for name in names for glob in globs)
