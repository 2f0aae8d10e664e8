"""What went wrong with a credential lately, for the people who look after it. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

import msgspec

from credentials.outcomes import Barred, Outcome, RateLimited, Refused, Stumbled

KEPT = 20
_LONGEST = 300
_REASON = 100

# Keys, tokens and ids are long and mix letters with digits; addresses and URLs name people.
_TOKEN = re.compile(r"(?=[\w.+/=~-]*[A-Za-z])(?=[\w.+/=~-]*\d)[\w.+/=~-]{20,}")
_MAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_USER = re.compile(r"(?<=://)[^\s/@]+@")
_QUERY = re.compile(r"(?<=[?&])([\w.-]+)=[^&\s\"']+")
# Terminal escapes, and marks that reorder a line.
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]+")


class Mishap(msgspec.Struct, frozen=True, omit_defaults=True):
    """One failure. `status` is the upstream's, 0 where there was none (a broken connection)."""

    at: datetime
    status: int = 0
    reason: str = ""
    excerpt: str = ""


def mishap(outcome: Outcome, at: datetime, status: int = 0, words: str = "") -> Mishap | None:
    """None for an outcome that is not held against the credential."""
    match outcome:
        case RateLimited():
            reason = outcome.reason or "limited"
        case Refused():
            reason = outcome.reason or str(outcome.code)
        case Barred():
            reason = "barred"
        case Stumbled():
            reason = "stumbled"
        case _:
            return None
    return Mishap(at, status, redacted(reason)[:_REASON], redacted(words))


def redacted(words: str) -> str:
    """At most 300 characters on one line, without anything that looks like a secret."""
    # Cut before the looking, so that a page of a megabyte costs nothing; not within a secret.
    text = _CONTROL.sub(" ", words[: 4 * _LONGEST])
    for pattern, instead in ((_USER, "…@"), (_QUERY, r"\1=…"), (_MAIL, "…@…"), (_TOKEN, "…")):
        text = pattern.sub(instead, text)
    text = text.strip()
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"


def merged(stored: object, more: Sequence[Mishap]) -> list[dict[str, Any]]:
    """The last twenty of both, oldest first, as plain JSON values for storage."""
    every = sorted((*load(stored), *more), key=lambda each: each.at)[-KEPT:]
    return [msgspec.to_builtins(each) for each in every]


def load(stored: object) -> list[Mishap]:
    """What was stored; entries that cannot be read are left out."""
    found = []
    for each in stored if isinstance(stored, Iterable) and not isinstance(stored, str) else ():
        try:
            found.append(msgspec.convert(each, Mishap))
        except msgspec.ValidationError:
            continue
    return found
