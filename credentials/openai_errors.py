"""What the error answers of OpenAI and the services that copy it mean.

Shapes: `{"error": {message, type, param, code}}` (OpenAI; OpenRouter with `metadata`, Groq, Azure),
`{"code", "error": "text"}` (xAI), `{"detail": …}` and top-level `{message, code}` (Mistral), any of
them in an array, and Google's own from Google's OpenAI endpoint. Words in a message decide only
where a service has nothing better, and only at its beginning or together with a status.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import msgspec

from credentials import gemini_errors, hints, verdict
from credentials.verdict import Verdict

_BROKE = timedelta(hours=1)
"""An account without money: ask again after this, somebody may have paid."""

_SLUG = re.compile(r"[A-Za-z][A-Za-z0-9_.-]{0,63}")
_NO_MONEY = frozenset(
    {
        "insufficient_quota",
        "insufficient_balance",
        "insufficient_user_quota",
        "billing_hard_limit_reached",
        "billing_not_active",
    }
)
_BAD_KEY = re.compile(r"(?:incorrect|invalid) api key", re.IGNORECASE)
_FEWER_TOKENS = re.compile(r"fewer max_tokens|can only afford", re.IGNORECASE)
_TOO_LARGE = re.compile(r"request too large", re.IGNORECASE)
_MODERATED = re.compile(r"moderation|flagged|safety|usage (?:guidelines|polic)", re.IGNORECASE)
_SPENT = re.compile(r"credits?\b|spending limit|billing", re.IGNORECASE)
_NO_MODEL = re.compile(r"access to (?:the )?model|from this model", re.IGNORECASE)


class Fault(msgspec.Struct, frozen=True):
    """One error, whatever its shape. `codes` are its `code` and `type`, as text."""

    message: str = ""
    codes: tuple[str, ...] = ()
    metadata: Mapping[str, Any] = {}
    known: bool = False
    """Whether the body was JSON of a known shape; a proxy's error page is not."""

    @property
    def reason(self) -> str:
        return next((code for code in self.codes if _SLUG.fullmatch(code)), "")


def read(
    status: int, headers: Mapping[str, str], data: object, *, model: str, now: datetime
) -> Verdict:
    """`data` is the parsed body, or None. `headers` have lower-case names."""
    google = gemini_errors.parse(data)
    if google.known and google.status:
        return gemini_errors.read(status, headers, data, model=model, now=now)
    fault = parse(data)
    reason = fault.reason or str(status)
    match status:
        case 400:
            return _bad_request(fault, reason)
        case 401:
            return verdict.refused(reason, 401)
        case 402:
            return _unpaid(fault, reason)
        case 403:
            return _denied(fault, reason)
        case 404:
            return verdict.client("MODEL_NOT_FOUND")
        case 429:
            return _limited(fault, reason, headers, model=model, now=now)
        case 408 | 425 | 499:
            return verdict.stumbled(model, reason)
        case _ if status >= 500:
            return verdict.stumbled(model, reason, hints.retry_after(headers, now))
        case _:
            return verdict.client(reason)


def parse(data: object) -> Fault:
    if isinstance(data, list):
        data = next((item for item in data if isinstance(item, dict)), None)
    if not isinstance(data, dict):
        return Fault()
    error = data.get("error", data)
    if isinstance(error, str):  # xAI
        error = {**data, "message": error}
    if not isinstance(error, dict):
        return Fault()
    message = error.get("message", error.get("detail"))
    metadata = error.get("metadata")
    return Fault(
        message=message[:4096] if isinstance(message, str) else "",
        codes=tuple(
            str(error[name]) for name in ("code", "type") if isinstance(error.get(name), str | int)
        ),
        metadata=metadata if isinstance(metadata, dict) else {},
        known=True,
    )


def _bad_request(fault: Fault, reason: str) -> Verdict:
    """xAI says 400 for a bad key, in words alone."""
    if "invalid_api_key" in fault.codes or _BAD_KEY.match(fault.message):
        return verdict.refused("invalid_api_key", 401)
    if _NO_MONEY.intersection(fault.codes):
        return verdict.limited(None, reason, _BROKE)
    return verdict.client(reason)


def _unpaid(fault: Fault, reason: str) -> Verdict:
    """OpenRouter also says 402 when the money would do for a smaller `max_tokens`."""
    if _FEWER_TOKENS.search(fault.message):
        return verdict.client("max_tokens_too_large", retry=True)
    return verdict.limited(None, reason, _BROKE)


def _denied(fault: Fault, reason: str) -> Verdict:
    if not fault.known:
        return verdict.stumbled(None, "403 not from the service")
    if "unsupported_country_region_territory" in fault.codes:
        return verdict.client(reason, retry=True)
    if "reasons" in fault.metadata or _MODERATED.search(fault.message):
        return verdict.client("moderated")  # OpenRouter, xAI: the prompt was flagged
    if "model_not_found" in fault.codes or _NO_MODEL.search(fault.message):
        return verdict.client("model_not_allowed", retry=True)
    if _NO_MONEY.intersection(fault.codes) or _SPENT.search(fault.message):
        return verdict.limited(None, "credits", _BROKE)  # xAI
    return verdict.refused(reason, 403)


def _limited(
    fault: Fault, reason: str, headers: Mapping[str, str], *, model: str, now: datetime
) -> Verdict:
    if _NO_MONEY.intersection(fault.codes):
        return verdict.limited(None, reason, _BROKE)
    if _TOO_LARGE.match(fault.message):
        # OpenAI: more tokens than this account's limit per minute; waiting does not help.
        return verdict.client("request_too_large", retry=True)
    wait = (
        hints.retry_after(headers, now)
        or hints.reset(headers, now)
        or hints.reset(_quoted(fault.metadata), now)
        or hints.spoken(fault.message)
    )
    return verdict.limited(model, reason, wait)


def _quoted(metadata: Mapping[str, Any]) -> dict[str, str]:
    """OpenRouter repeats its rate limit headers in the body."""
    headers = metadata.get("headers")
    if not isinstance(headers, dict):
        return {}
    return {str(name).lower(): str(value) for name, value in headers.items()}
