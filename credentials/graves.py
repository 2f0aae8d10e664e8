"""Secrets that a person deleted while a variable or the configuration file may still name them.

Of such a secret its empty row keeps the mark, so that no start brings it back. The mark is lifted
when its source no longer names the secret: who puts it there again later means it. A person who
adds it by hand means it, too.
"""

from __future__ import annotations

import logging
from collections.abc import Collection, Iterable

from django.db.models import F

from credentials.kinds import Kind, Source
from credentials.models import Credential
from credentials.vault import Vault

log = logging.getLogger("potluck.credentials")

_NAMING = (Source.ENV, Source.CONFIG)
"""Sources that name their secrets again at every start."""


def bury(ids: Iterable[int]) -> None:
    """Before their fingerprints are taken away."""
    rows = Credential.objects.filter(pk__in=list(ids), deleted_at=None, source__in=_NAMING)
    rows.update(buried=F("fingerprint"))


def lift(source: Source, kinds: Collection[Kind]) -> None:
    """What `source` names of these kinds comes back with the next look at it."""
    rows = Credential.objects.filter(source=source, kind__in=list(kinds), buried__isnull=False)
    rows.update(buried=None)


def forget(source: Source, keep: Collection[str]) -> None:
    """Of providers that `source` no longer has at all."""
    rows = Credential.objects.filter(source=source, buried__isnull=False)
    rows.exclude(provider__in=list(keep)).update(buried=None)


def holds(vault: Vault, source: Source, provider: str, mark: str) -> bool:
    """Whether a person deleted it, and it stays so."""
    prints = [each.hex() for each in vault.fingerprints(mark)]
    rows = Credential.objects.filter(source=source, provider=provider, buried__in=prints)
    return rows.exists()


def pass_by(
    vault: Vault, source: Source, provider: str, wanted: Collection[str], missing: Iterable[str]
) -> list[str]:
    """Those of the `missing` marks that nobody deleted. `wanted` is all that `source` names."""
    rows = Credential.objects.filter(source=source, provider=provider, buried__isnull=False)
    graves = {str(row.buried): row for row in rows}
    if not graves:
        return list(missing)
    named = {each.hex(): mark for mark in wanted for each in vault.fingerprints(mark)}
    for print_, row in graves.items():
        # An older vault key may go before this secret is seen again.
        mark = named.get(print_)
        row.buried = vault.fingerprint(mark).hex() if mark is not None else None
        if row.buried != print_:
            row.save(update_fields=["buried"])
    dead = {named[each] for each in graves if each in named}
    left = [mark for mark in missing if mark not in dead]
    if count := len(set(missing) - set(left)):
        log.warning(
            "%s: of what was deleted in the console the %s still names %d. It stays deleted. "
            "Take it out there, or add it in the console to have it back.",
            provider,
            "environment" if source is Source.ENV else "configuration file",
            count,
        )
    return left
