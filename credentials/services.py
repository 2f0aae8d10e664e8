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

from credentials import graves, health, sealing, store
from credentials.documents import OAuthAccount, Secret
from credentials.kinds import Kind, Source
from credentials.models import Credential, Revision
from credentials.sealing import Item
from credentials.vault import Vault

_BATCH = 500
_PROVIDER = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")
GEMINI = "gemini"
HOMES: Mapping[Kind, str] = {
    Kind.GEMINI_API: GEMINI,
    Kind.VERTEX: "vertex",
    Kind.CODE_ASSIST: "code-assist",
}
"""The pool's names for Google's kinds of credentials. Others have the name of their provider."""


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
    secret: Secret,
    *,
    label: str = "",
    base_url: str = "",
    extra: Mapping[str, Any] | None = None,
    source: Source = Source.MANUAL,
    weight: int = 1,
) -> tuple[Credential, bool]:
    """The credential, and whether it is new: one that is known is returned as it is.

    A document was admitted by its issuer before (`Issuers.admit`). Raises ValueError, without the
    secret, for what cannot be a secret of this kind or a provider's name.
    """
    provider = named(provider)
    item = sealing.item(kind, _at_home(provider, secret))
    with transaction.atomic():
        revision = Revision.bump()  # its lock also makes the look and the insert one step
        known = find(vault, provider, secret)
        if known is not None:
            return known, False
        row = _row(vault, provider, kind, item, label=label, base_url=base_url)
        row.extra, row.weight = {**row.extra, **(extra or {})}, weight
        row.source, row.revision = source, revision
        row.save()
    return row, True


def find(vault: Vault, provider: str, secret: Secret) -> Credential | None:
    """The credential with this secret, also when an older vault key marked it."""
    text = secret.strip() if isinstance(secret, str) else secret
    marks = [mark.hex() for mark in vault.fingerprints(sealing.mark(text))]
    return Credential.objects.filter(provider=provider, fingerprint__in=marks).first()


def enable(ids: Iterable[int]) -> int:
    """How many were found. So for all verbs here."""
    return update(ids, enabled=True, withdrawn=False)


def disable(ids: Iterable[int]) -> int:
    return update(ids, enabled=False, withdrawn=False)


def remove(ids: Iterable[int]) -> int:
    """Deletes the secrets for good, also against a source that names them still; an empty row
    keeps the name for old requests."""
    gone = list(ids)
    with transaction.atomic():
        graves.bury(gone)
        return update(
            gone,
            sealed="",
            sealed_proxy="",
            fingerprint=None,
            extra={},
            errors=[],
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
    secrets: Iterable[Secret],
    base_url: str = "",
    called: str = "",
) -> Synced:
    """Makes the credentials that `source` names for `provider` those that there are.

    Adds what is missing, enables again what an earlier sync disabled, disables what this source
    no longer names. What a person disabled or deleted stays so; what came from elsewhere is left
    alone. The same call twice changes nothing the second time. A secret too short to show a part
    of is called by its place in the list of `called`. Raises ValueError as `add` does.
    """
    provider = named(provider)
    items = [sealing.item(kind, _at_home(provider, secret)) for secret in secrets]
    wanted = {item.mark: item for item in items}
    places = {mark: place for place, mark in enumerate(wanted, 1)}
    with transaction.atomic():
        revision = Revision.bump()
        rows = list(Credential.objects.filter(provider=provider).exclude(fingerprint=None))
        present, missing = _split(vault, rows, wanted)
        unknown = len(missing)
        missing = graves.pass_by(vault, source, provider, wanted, missing)
        mine = [row for row in present if row.source == source]
        back = [row.pk for row in mine if row.withdrawn]
        moved = [row.pk for row in mine if row.base_url != base_url]
        kept = {row.pk for row in present}
        lost = [row for row in rows if row.source == source and row.pk not in kept]
        lost_ids = [row.pk for row in lost if row.enabled]
        fresh = [_row(vault, provider, kind, wanted[mark], base_url=base_url) for mark in missing]
        for mark, row in zip(missing, fresh, strict=True):
            row.source, row.revision = source, revision
            if called and row.label == sealing.HIDDEN:
                row.label = f"{called} #{places[mark]}"
        Credential.objects.bulk_create(fresh, batch_size=_BATCH)
        _change(back, revision, enabled=True, withdrawn=False)
        _change(moved, revision, base_url=base_url)
        _change(lost_ids, revision, enabled=False, withdrawn=True)
    unchanged = len(wanted) - unknown - len(back)
    return Synced(len(missing), len(back), len(lost_ids), unchanged)


def retire(source: Source, keep: Collection[str]) -> int:
    """Disables what `source` once named for providers that it no longer has at all."""
    with transaction.atomic():
        revision = Revision.bump()
        graves.forget(source, keep)
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
            if row.sealed_proxy:
                row.sealed_proxy = vault.rotate(row.sealed_proxy.encode()).decode()
            secret = sealing.opened(vault, Kind(row.kind), row.sealed)
            row.fingerprint = vault.fingerprint(sealing.mark(secret)).hex()
            row.revision = revision
            row.save(update_fields=["sealed", "sealed_proxy", "fingerprint", "revision"])
            done += 1
    return done


def named(provider: str) -> str:
    """A provider's name in lower case. Raises ValueError."""
    name = provider.strip().lower()
    if not _PROVIDER.fullmatch(name):
        raise ValueError("A provider's name has letters, digits, dots and dashes, at most 64.")
    return name


def _at_home(provider: str, secret: Secret) -> Secret:
    """An account of a registered provider is used as that provider, and nowhere else."""
    theirs = secret.provider if isinstance(secret, OAuthAccount) else ""
    if theirs and theirs != provider:
        raise ValueError("The account belongs to another provider.")
    return secret


def _row(
    vault: Vault, provider: str, kind: Kind, item: Item, *, label: str = "", base_url: str = ""
) -> Credential:
    return Credential(
        provider=provider,
        kind=kind,
        label=(label or item.name)[:200],
        sealed=vault.seal(item.text).decode(),
        fingerprint=vault.fingerprint(item.mark).hex(),
        base_url=base_url,
        extra=dict(item.extra),
    )


def _split(
    vault: Vault, rows: Iterable[Credential], marks: Iterable[str]
) -> tuple[list[Credential], list[str]]:
    """Of `marks`: the rows of those that are known, and those that are not."""
    known = {row.fingerprint: row for row in rows}
    present, missing = [], []
    for mark in marks:
        prints = (each.hex() for each in vault.fingerprints(mark))
        row = next((known[each] for each in prints if each in known), None)
        if row is None:
            missing.append(mark)
        else:
            present.append(row)
    return present, missing


def update(ids: Iterable[int], **values: Any) -> int:
    """Sets columns, and announces it; how many were found."""
    with transaction.atomic():
        return _change(list(ids), Revision.bump(), **values)


def _change(ids: Sequence[int], revision: int, **values: Any) -> int:
    changed = 0
    for start in range(0, len(ids), _BATCH):
        rows = Credential.objects.filter(pk__in=ids[start : start + _BATCH], deleted_at=None)
        changed += rows.update(revision=revision, **values)
    return changed
