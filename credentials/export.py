"""Stored credentials as files: one as JSON, or many in a ZIP file.

A file is what other programs read, plus an object `potluck` that only `importers.own` reads:

- a key: `{"api_key": …, "potluck": …}`
- a service account: as the Cloud console writes it, `"type": "service_account"`
- a Google account: `"type": "authorized_user"` as gcloud has it, with what the Gemini CLI wants
  beside (`access_token`, `scope`, `token_type`, `expiry_date` in milliseconds) and what gateways
  want (`scopes`, `expiry`, `project_id`, `email`). The operator's own OAuth client is not in it.
- an account of a registered provider: the same with `"type": "oauth"` and `provider`

The file holds the secret in clear. Its name holds the id, the provider and the kind, no more.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable, Iterator
from typing import Any

import msgspec
from django.db.models import QuerySet

from credentials import sealing
from credentials.caps import Caps
from credentials.documents import GOOGLE, OAuthAccount, Secret, ServiceAccount
from credentials.importers.own import VERSION, Ours
from credentials.kinds import Kind, Source
from credentials.models import Credential
from credentials.vault import Vault, VaultError

MANIFEST = "left-out.txt"
"""In a ZIP file: which credentials are not in it and why, a line for each."""

_BATCH = 100


class Lent(Exception):
    """A contributed credential: its owner may take it back, and a file could not be taken back."""

    def __str__(self) -> str:
        return "A contributed credential is not exported: its owner may take it back."


def one(vault: Vault, id: int) -> tuple[str, bytes]:
    """A file's name, and its JSON.

    Raises `Credential.DoesNotExist`, also for a removed one; Lent; VaultError when the vault has no
    key for it; ValueError for a document that is damaged.
    """
    row = _rows([id]).get()
    return name(row), _encoded(vault, row)


def all(vault: Vault, ids: Iterable[int] | None = None) -> Iterator[bytes]:
    """A ZIP file, piece by piece, of these credentials, or of all that are not removed.

    It reads the database while it is consumed: synchronous, for a thread.
    """
    sink = _Sink()
    left: list[str] = []
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED) as archive:
        for row in _rows(ids).iterator(_BATCH):
            try:
                archive.writestr(_member(name(row)), _encoded(vault, row))
            except (Lent, VaultError, ValueError) as error:
                left.append(f"{name(row)}: {error}\n")
            yield sink.taken()
        if left:
            archive.writestr(_member(MANIFEST), "".join(left))
    yield sink.taken()


def count(ids: Iterable[int] | None = None) -> int:
    """How many `all` would write, if the vault opens them all."""
    return _rows(ids).exclude(source=Source.CONTRIBUTED).count()


def name(row: Credential) -> str:
    return f"{row.pk}-{row.provider}-{row.kind}.json"


def _rows(ids: Iterable[int] | None) -> QuerySet[Credential]:
    rows = Credential.objects.filter(deleted_at=None).exclude(sealed="").order_by("pk")
    return rows if ids is None else rows.filter(pk__in=list(ids))


def _encoded(vault: Vault, row: Credential) -> bytes:
    if row.source == Source.CONTRIBUTED:
        raise Lent
    secret = sealing.opened(vault, Kind(row.kind), row.sealed)
    said = {**_said(secret), "potluck": _ours(vault, row, secret)}
    return msgspec.json.format(msgspec.json.encode(said), indent=2) + b"\n"


def _ours(vault: Vault, row: Credential, secret: Secret) -> Ours:
    return Ours(
        version=VERSION,
        kind=Kind(row.kind),
        provider=row.provider,
        label=row.label,
        base_url=row.base_url,
        proxy=vault.open(row.sealed_proxy.encode()) if row.sealed_proxy else "",
        location=str(row.extra.get("location") or ""),
        weight=row.weight,
        enabled=row.enabled,
        caps=Caps(row.minute_cap, row.day_cap, row.pro_cap),
        lineage=secret.lineage if isinstance(secret, OAuthAccount) else "",
    )


def _said(secret: Secret) -> dict[str, Any]:
    """What other programs read."""
    match secret:
        case ServiceAccount():
            fields: dict[str, Any] = msgspec.to_builtins(secret)
            return {**fields, "token_uri": GOOGLE}
        case OAuthAccount():
            return _account(secret)
        case _:
            return {"api_key": secret}


def _account(account: OAuthAccount) -> dict[str, Any]:
    until = account.expires_at
    said = {
        "type": "oauth" if account.provider else "authorized_user",
        "provider": account.provider,
        "client_id": account.client_id,
        "client_secret": account.client_secret,
        "refresh_token": account.refresh_token,
        "access_token": account.access_token,
        "token_type": "Bearer",
        "token_uri": "" if account.provider else GOOGLE,
        "scope": " ".join(account.scopes),
        "scopes": list(account.scopes),
        "expiry": until.isoformat() if until else "",
        "expiry_date": int(until.timestamp() * 1000) if until else 0,
        "project_id": account.project,
        "email": account.email,
    }
    return {field: value for field, value in said.items() if value}


def _member(title: str) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(title)  # with a fixed date: the content says enough
    info.compress_type = zipfile.ZIP_DEFLATED
    info.external_attr = 0o600 << 16
    return info


class _Sink(io.RawIOBase):
    """What the archive has written since the last time."""

    def __init__(self) -> None:
        self._held = bytearray()

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        self._held += data
        return len(data)

    def taken(self) -> bytes:
        held = bytes(self._held)
        self._held.clear()
        return held
