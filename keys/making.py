"""Makes keys, one or a thousand, with a link for each where that is wanted."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple, Unpack

import msgspec
from django.utils import timezone

from keys import attributes, handouts
from keys import secret as secrets
from keys.attributes import Attributes
from keys.change import change, columns
from keys.models import ApiKey, EntryKind, KeyModelAllowance, LedgerEntry
from keys.revisions import KEYS

MOST = 1_000
"""Keys of one batch."""


class Offer(msgspec.Struct, frozen=True):
    """That every key gets a link which shows it once, until then. The first of `vault` seals."""

    vault: tuple[bytes, ...]
    until: datetime


class Made(NamedTuple):
    """A new key; `secret` and `token`, the end of its link, can never be shown again."""

    key: ApiKey
    secret: str
    token: str | None


def create(
    pepper: bytes,
    *,
    total: int | None = None,
    using: str = "default",
    **details: Unpack[Attributes],
) -> tuple[ApiKey, str]:
    """A new key and its secret. `total` None is unlimited. Raises attributes.Invalid."""
    made = batch(pepper, 1, total=total, using=using, **details)[0]
    return made.key, made.secret


def batch(
    pepper: bytes,
    count: int,
    *,
    total: int | None = None,
    offer: Offer | None = None,
    using: str = "default",
    **details: Unpack[Attributes],
) -> list[Made]:
    """Keys that differ in their secrets, and in the numbers at the end of their descriptions."""
    if not 1 <= count <= MOST:
        raise attributes.Invalid({"count": f"count: write a whole number from 1 to {MOST}."})
    total, found = attributes.quota(total), attributes.parse(details)
    texts = [secrets.mint() for _ in range(count)]
    with change(KEYS, using) as revision:
        keys = _rows(texts, pepper, total, found, revision)
        ApiKey.objects.using(using).bulk_create(keys, batch_size=100)
        _identify(keys, using)
        _grant(keys, using)
        _allow(keys, found, using)
        tokens: list[str | None] = [None] * count
        if offer is not None:
            tokens = [*handouts.offer(keys, texts, pepper, offer.vault, offer.until, using)]
    return [Made(*each) for each in zip(keys, texts, tokens, strict=True)]


def _rows(
    texts: list[str], pepper: bytes, total: int | None, found: Attributes, revision: int
) -> list[ApiKey]:
    shared = columns(found)
    description = shared.pop("description", "")
    return [
        ApiKey(
            digest=secrets.digest(text, pepper),
            masked=secrets.mask(text),
            total_quota=total,
            revision=revision,
            description=_numbered(description, number, len(texts)),
            **shared,
        )
        for number, text in enumerate(texts, 1)
    ]


def _numbered(description: str, number: int, count: int) -> str:
    """`Discord` → `Discord 07` of ten and more; a single key keeps its description."""
    if count == 1:
        return description
    return f"{description[:490]} {number:0{len(str(count))}}".strip()


def _identify(keys: list[ApiKey], using: str) -> None:
    """MySQL does not tell the ids of rows that are inserted together."""
    if all(key.pk is not None for key in keys):
        return
    digests = [key.digest for key in keys]
    rows = ApiKey.objects.using(using).filter(digest__in=digests)
    ids = {bytes(digest): id for digest, id in rows.values_list("digest", "id")}
    for key in keys:
        key.pk = ids[bytes(key.digest)]


def _grant(keys: list[ApiKey], using: str) -> None:
    now = timezone.now()
    LedgerEntry.objects.using(using).bulk_create(
        LedgerEntry(
            key=key,
            at=now,
            kind=EntryKind.GRANT,
            units=key.total_quota,
            balance=key.total_quota,
            reason="created",
        )
        for key in keys
        if key.total_quota
    )


def _allow(keys: list[ApiKey], found: Attributes, using: str) -> None:
    KeyModelAllowance.objects.using(using).bulk_create(
        KeyModelAllowance(key=key, pattern=pattern, units=units)
        for key in keys
        for pattern, units in found.get("model_daily", {}).items()
    )
