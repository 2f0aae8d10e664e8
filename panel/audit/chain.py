"""How entries hang together. Pure.

Each entry is sealed with the seal of the one before it, under a key that is not in the database.
Whoever can only write to the database cannot change, add, reorder or take out an entry without
`manage.py audit` noticing; the seal of the head, which says how many there are, shows when the
last ones are gone. It proves nothing against somebody who has the key file as well, nor against
one who puts back an older copy of the whole database: for that, keep the log elsewhere, which has
every entry's number and seal.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from datetime import UTC, datetime
from typing import Protocol


class Sealable(Protocol):
    """An entry; `id` is its place in the chain, `previous` the seal of the one before, "" for the
    first; `before` and `after` are the JSON texts as they are stored."""

    id: int
    at: datetime
    actor: str
    address: str
    action: str
    target: str
    before: str
    after: str
    previous: str


def key(pepper: bytes) -> bytes:
    """Of the seals, from the secret that API keys are digested with: neither may ever change."""
    return hmac.digest(pepper, b"potluck audit trail", "sha256")


def entry(each: Sealable, key: bytes) -> str:
    """The seal of an entry: 64 characters."""
    at = each.at.astimezone(UTC).isoformat(timespec="microseconds")
    who = (each.actor, each.address)
    what = (each.action, each.target, each.before, each.after)
    return _seal("entry", key, each.id, at, *who, *what, each.previous)


def head(count: int, hash: str, key: bytes) -> str:
    """The seal of how many entries there are; nobody can make one from the entries alone."""
    return _seal("head", key, count, hash)


def same(one: str, other: str) -> bool:
    return hmac.compare_digest(one.encode(), other.encode())


def _seal(kind: str, key: bytes, *parts: object) -> str:
    # A list of JSON texts and numbers can be read in one way only.
    text = json.dumps([kind, *parts], separators=(",", ":"))
    return hmac.new(key, text.encode(), hashlib.sha256).hexdigest()
