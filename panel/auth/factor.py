"""The administrator's second factor: an authenticator, and codes to recover from its loss.

A secret is sealed before it is stored, and counts only once a code has shown that the phone has
it. A code is good once: whoever reads it over a shoulder, or takes it from the wire, is too late.
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from enum import StrEnum

import msgspec
from django.conf import settings
from django.db import transaction

from credentials.vault import Vault, VaultError
from panel import password
from panel.auth import totp
from panel.auth.tokens import Session
from panel.models import RecoveryCode, SecondFactor

CODES = 10

_PATIENCE = timedelta(minutes=15)
"""How long a secret may be on the screen before a code confirms it."""


class Proof(StrEnum):
    """What somebody has shown."""

    CODE = "code"
    RECOVERY = "recovery"


class Unreadable(Exception):
    """The secret was sealed with a key that is gone, so nobody can be let in by it."""

    def __str__(self) -> str:
        return (
            "The second factor cannot be read: the vault's key has changed. Put the key back, or "
            "run `python manage.py dropfactor` on the server."
        )


class Late(Exception):
    """A confirmation of nothing: too late, of another session, or there is a factor already."""

    def __str__(self) -> str:
        return "This took too long, or was begun elsewhere. Begin again."


class Proposal(msgspec.Struct, frozen=True):
    """A secret that nobody has confirmed yet. It travels sealed, through the form that asks for a
    code, so that nothing is stored of who gives up; `jti` is the session that began it."""

    secret: str
    jti: str
    until: datetime

    def sealed(self) -> str:
        return _vault().seal(msgspec.json.encode(self).decode()).decode()


def on() -> bool:
    """Whether the password is not enough."""
    return SecondFactor.objects.exists()


def since() -> datetime | None:
    return SecondFactor.objects.values_list("since", flat=True).first()


def left() -> int:
    """Recovery codes that were not used yet."""
    return RecoveryCode.objects.count()


def propose(session: Session, now: datetime) -> Proposal:
    return Proposal(totp.mint(), session.jti, now + _PATIENCE)


def proposal(sealed: str, session: Session, now: datetime) -> Proposal:
    """What `Proposal.sealed` gave. Raises Late."""
    try:
        found = msgspec.json.decode(_vault().open(sealed.encode()), type=Proposal)
    except (VaultError, msgspec.DecodeError, UnicodeEncodeError):
        raise Late from None
    if found.jti != session.jti or now >= found.until or on():
        raise Late
    return found


def enable(found: Proposal, step: int, now: datetime) -> list[str]:
    """From now on it counts; `step` is that of the code which has confirmed it. Gives the recovery
    codes, which nobody can see again. Raises Late."""
    sealed = _vault().seal(found.secret)
    with transaction.atomic():
        _, made = SecondFactor.objects.get_or_create(
            id=SecondFactor.ONLY, defaults={"secret": sealed, "last_step": step, "since": now}
        )
        if not made:
            raise Late
        return recode()


def recode() -> list[str]:
    """New recovery codes, to be shown this once; the old ones are void."""
    codes = [password.generate(3) for _ in range(CODES)]
    vault = _vault()
    with transaction.atomic():
        RecoveryCode.objects.all().delete()
        RecoveryCode.objects.bulk_create(
            RecoveryCode(digest=vault.fingerprint(_named(code)).hex()) for code in codes
        )
    return codes


def disable() -> bool:
    """False if there was none."""
    with transaction.atomic():
        RecoveryCode.objects.all().delete()
        number, _ = SecondFactor.objects.all().delete()
    return number > 0


def check(text: str, now: datetime) -> Proof | None:
    """What a text proves; it is used up by that. Raises Unreadable."""
    text = re.sub(r"[\s-]", "", text).lower()
    if totp.formed(text):
        return Proof.CODE if _spend(text, now) else None
    digests = [each.hex() for each in _vault().fingerprints(_named(text))]
    used, _ = RecoveryCode.objects.filter(digest__in=digests).delete()
    return Proof.RECOVERY if used else None


def _spend(code: str, now: datetime) -> bool:
    row = SecondFactor.objects.first()
    if row is None:
        return False
    vault, sealed = _vault(), bytes(row.secret)
    try:
        step = totp.step(vault.open(sealed), code, now)
    except VaultError:
        raise Unreadable from None
    if step is None:
        return False
    # Of several who come with one code at the same time, one moves the row. Each use puts the
    # secret under the vault's first key, so that the older ones can be taken away.
    fresh = SecondFactor.objects.filter(last_step__lt=step)
    return fresh.update(last_step=step, secret=vault.rotate(sealed)) == 1


def _named(code: str) -> str:
    """The vault has fingerprints of other things as well."""
    return f"panel recovery {code.replace('-', '')}"


def _vault() -> Vault:
    return Vault(settings.POTLUCK_VAULT_KEYS)
