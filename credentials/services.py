"""What people and commands do with credentials. Synchronous; each change raises the revision.

No function returns or logs a secret.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

import msgspec
from django.db import transaction
from django.utils import timezone

from credentials import health, store
from credentials.kinds import Kind, Source
from credentials.models import Credential, Revision
from credentials.vault import Vault

_SECRET = re.compile(r"[\x21-\x7e]{1,4096}")
_BATCH = 500
_PROVIDER = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")
GEMINI = "gemini"
"""The pool's name for Gemini API keys."""


class Synced(msgspec.Struct, frozen=True):
    """What `sync` did; `kept` were there already."""

    added: int = 0
    enabled: int = 0
    disabled: int = 0
    kept: int = 0


def add(
    vault: Vault,
    provider: str,
    kind: Kind,
    secret: str,
    *,
    label: str = "",
    base_url: str = "",
    extra: Mapping[str, Any] | None = None,
    source: Source = Source.MANUAL,
    weight: int = 1,
) -> tuple[Credential, bool]:
    """The credential, and whether it is new: one that is known is returned as it is.

    Raises ValueError, without the secret, for what cannot be a secret or a provider's name.
    """
    secret, provider = checked(secret), named(provider)
    with transaction.atomic():
        revision = Revision.bump()  # its lock also makes the look and the insert one step
        known = find(vault, provider, secret)
        if known is not None:
            return known, False
        row = _row(vault, provider, kind, secret, label=label, base_url=base_url)
        row.extra, row.weight = dict(extra or {}), weight
        row.source, row.revision = source, revision
        row.save()
    return row, True


def find(vault: Vault, provider: str, secret: str) -> Credential | None:
    """The credential with this secret, also when an older vault key marked it."""
    marks = [mark.hex() for mark in vault.fingerprints(secret)]
    return Credential.objects.filter(provider=provider, fingerprint__in=marks).first()


def enable(ids: Iterable[int]) -> int:
    """How many were found. So for all verbs here."""
    return _update(ids, enabled=True, withdrawn=False)


def disable(ids: Iterable[int]) -> int:
    return _update(ids, enabled=False, withdrawn=False)


def remove(ids: Iterable[int]) -> int:
    """Deletes the secrets for good; an empty row keeps the name for old requests."""
    return _update(
        ids,
        sealed="",
        fingerprint=None,
        extra={},
        enabled=False,
        deleted_at=timezone.now(),
    )


def pardon(ids: Iterable[int]) -> int:
    """Lifts bans and ends coolings."""
    now = timezone.now()
    with transaction.atomic():
        revision = Revision.bump()
        rows = list(Credential.objects.filter(pk__in=list(ids), deleted_at=None))
        for row in rows:
            clean = health.pardon(store.read(row))
            same = Credential.objects.filter(pk=row.pk)
            same.update(
                health_version=row.health_version + 1,
                revision=revision,
                **store.columns(clean, now),
            )
    return len(rows)


def sync(
    vault: Vault,
    source: Source,
    provider: str,
    *,
    kind: Kind,
    secrets: Iterable[str],
    base_url: str = "",
) -> Synced:
    """Makes the credentials that `source` names for `provider` those that there are.

    Adds what is missing, enables again what an earlier sync disabled, disables what this source
    no longer names. What a person disabled stays disabled; what came from elsewhere is left
    alone. The same call twice changes nothing the second time. Raises ValueError as `add` does.
    """
    wanted = dict.fromkeys(checked(secret) for secret in secrets)
    provider = named(provider)
    with transaction.atomic():
        revision = Revision.bump()
        rows = list(Credential.objects.filter(provider=provider).exclude(fingerprint=None))
        present, missing = _split(vault, rows, wanted)
        mine = [row for row in present if row.source == source]
        back = [row.pk for row in mine if row.withdrawn]
        moved = [row.pk for row in mine if row.base_url != base_url]
        kept = {row.pk for row in present}
        lost = [row for row in rows if row.source == source and row.pk not in kept]
        lost_ids = [row.pk for row in lost if row.enabled]
        fresh = [_row(vault, provider, kind, secret, base_url=base_url) for secret in missing]
        for row in fresh:
            row.source, row.revision = source, revision
        Credential.objects.bulk_create(fresh, batch_size=_BATCH)
        _change(back, revision, enabled=True, withdrawn=False)
        _change(moved, revision, base_url=base_url)
        _change(lost_ids, revision, enabled=False, withdrawn=True)
    unchanged = len(wanted) - len(missing) - len(back)
    return Synced(len(missing), len(back), len(lost_ids), unchanged)


def retire(source: Source, keep: Collection[str]) -> int:
    """Disables what `source` once named for providers that it no longer has at all."""
    with transaction.atomic():
        revision = Revision.bump()
        rows = Credential.objects.filter(source=source, enabled=True, deleted_at=None)
        ids = list(rows.exclude(provider__in=list(keep)).values_list("pk", flat=True))
        return _change(ids, revision, enabled=False, withdrawn=True)


def reseal(vault: Vault) -> int:
    """Puts every secret under the vault's first key, so that the older ones can be taken away.

    Raises VaultError at the first secret that no present key opens; the others are kept.
    """
    done = 0
    for pk in list(Credential.objects.exclude(sealed="").values_list("pk", flat=True)):
        with transaction.atomic():
            revision = Revision.bump()
            row = Credential.objects.exclude(sealed="").filter(pk=pk).first()
            if row is None:
                continue
            token = row.sealed.encode()
            row.sealed = vault.rotate(token).decode()
            row.fingerprint = vault.fingerprint(vault.open(token)).hex()
            row.revision = revision
            row.save(update_fields=["sealed", "fingerprint", "revision"])
            done += 1
    return done


def checked(secret: str) -> str:
    """A secret goes into a header: printable ASCII without spaces. Raises ValueError."""
    secret = secret.strip()
    if not _SECRET.fullmatch(secret):
        raise ValueError("A key has 1 to 4096 printable ASCII characters and no spaces.")
    return secret


def named(provider: str) -> str:
    """A provider's name in lower case. Raises ValueError."""
    name = provider.strip().lower()
    if not _PROVIDER.fullmatch(name):
        raise ValueError("A provider's name has letters, digits, dots and dashes, at most 64.")
    return name


def mask(secret: str) -> str:
    """`AIza…x3Fg`: enough for its owner to know it again, too little to use it."""
    return f"{secret[:4]}…{secret[-4:]}" if len(secret) >= 24 else "…"


def _row(
    vault: Vault, provider: str, kind: Kind, secret: str, *, label: str = "", base_url: str = ""
) -> Credential:
    return Credential(
        provider=provider,
        kind=kind,
        label=(label or mask(secret))[:200],
        sealed=vault.seal(secret).decode(),
        fingerprint=vault.fingerprint(secret).hex(),
        base_url=base_url,
    )


def _split(
    vault: Vault, rows: Iterable[Credential], secrets: Iterable[str]
) -> tuple[list[Credential], list[str]]:
    """Of `secrets`: the rows of those that are known, and those that are not."""
    known = {row.fingerprint: row for row in rows}
    present, missing = [], []
    for secret in secrets:
        marks = (mark.hex() for mark in vault.fingerprints(secret))
        row = next((known[mark] for mark in marks if mark in known), None)
        if row is None:
            missing.append(secret)
        else:
            present.append(row)
    return present, missing


def _update(ids: Iterable[int], **values: Any) -> int:
    with transaction.atomic():
        return _change(list(ids), Revision.bump(), **values)


def _change(ids: Sequence[int], revision: int, **values: Any) -> int:
    changed = 0
    for start in range(0, len(ids), _BATCH):
        rows = Credential.objects.filter(pk__in=ids[start : start + _BATCH], deleted_at=None)
        changed += rows.update(revision=revision, **values)
    return changed
