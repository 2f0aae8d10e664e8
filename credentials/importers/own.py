"""The files that `credentials.export` writes. Pure.

Beside what other programs read there is an object `potluck` with all that is ours: see `export`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec
from msgspec.structs import replace

from credentials.caps import Caps
from credentials.documents import OAuthAccount, Secret
from credentials.importers import accounts, values
from credentials.importers.entry import Entry, Piece, Remark
from credentials.kinds import Kind

VERSION = 1


class Ours(msgspec.Struct, omit_defaults=True):
    """What a file says of a credential beside its secret. `proxy` may hold a password."""

    version: int
    kind: Kind
    provider: str
    label: str = ""
    base_url: str = ""
    proxy: str = ""
    location: str = ""
    weight: int = 1
    enabled: bool = True
    caps: Caps = Caps()
    lineage: str = ""
    """Of an OAuth account: see `documents.OAuthAccount`."""


def take(item: Mapping[str, Any]) -> list[Piece] | None:
    """None when it is no file of ours."""
    if not isinstance(item.get("potluck"), dict):
        return None
    try:
        ours = msgspec.convert(item["potluck"], Ours)
    except msgspec.ValidationError:
        return [Remark("An exported credential was changed so that it cannot be read.")]
    if ours.version > VERSION:
        return [Remark("An exported credential is of a newer version of this gateway.")]
    try:
        return [_entry(item, ours)]
    except ValueError as error:
        return [Remark(str(error))]


def _entry(item: Mapping[str, Any], ours: Ours) -> Entry:
    return Entry(
        _secret(item, ours),
        ours.kind,
        label=values.label(ours.label),
        extra=values.place(ours.location),
        provider=ours.provider,
        base_url=values.url(ours.base_url),
        proxy=values.proxy(ours.proxy),
        weight=values.weight(ours.weight),
        enabled=ours.enabled,
        caps=ours.caps,
    )


def _secret(item: Mapping[str, Any], ours: Ours) -> Secret:
    if isinstance(key := item.get("api_key"), str):
        return key.strip()
    document = accounts.parse(item)
    if isinstance(document, OAuthAccount):
        return replace(document, lineage=ours.lineage, email=values.label(document.email))
    return document
