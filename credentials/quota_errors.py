"""An upstream's failure, read: whose fault it is, whether to try another credential, how long.

A client's wrong input never touches a credential's state.
"""

from __future__ import annotations

import enum
from collections.abc import Mapping
from datetime import datetime
from typing import assert_never

import msgspec

from credentials import anthropic_errors, gemini_errors, openai_errors
from credentials.verdict import Verdict

__all__ = ["Family", "Verdict", "read"]

_LARGEST = 1 << 20


class Family(enum.StrEnum):
    """Whose words an upstream speaks when it fails."""

    GEMINI = "gemini"
    OPENAI = "openai"
    ANTHROPIC = "anthropic"


def read(
    family: Family,
    status: int,
    headers: Mapping[str, str],
    body: bytes,
    *,
    model: str,
    now: datetime,
) -> Verdict:
    """What a failed answer means. Never raises, whatever the body is.

    `model` is the name the credential was taken for: a limit parks it under that name. An error
    inside an answer with status 200 may be given as it is: its own `code` then counts.
    """
    data = _json(body)
    status = status if status >= 400 else _inner(data)
    lower = {name.lower(): value for name, value in headers.items()}
    match family:
        case Family.GEMINI:
            return gemini_errors.read(status, lower, data, model=model, now=now)
        case Family.OPENAI:
            return openai_errors.read(status, lower, data, model=model, now=now)
        case Family.ANTHROPIC:
            return anthropic_errors.read(status, lower, data, model=model, now=now)
        case other:
            assert_never(other)


def _json(body: bytes) -> object:
    """The body's value; None when it is no JSON, or so large that it is no error either."""
    if len(body) > _LARGEST:
        return None
    try:
        return msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None


def _inner(data: object) -> int:
    """The status an error names itself (Gemini's `code`, Groq's `status_code`); else 502."""
    if isinstance(data, list):
        data = next((item for item in data if isinstance(item, dict)), None)
    error = data.get("error") if isinstance(data, dict) else None
    if not isinstance(error, dict):
        return 502
    named = (error.get("code"), error.get("status_code"), error.get("status"))
    return next((n for n in named if isinstance(n, int) and 400 <= n <= 599), 502)
