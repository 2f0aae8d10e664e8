"""From what somebody offers to a contribution that is lent: stored, tested, accepted."""

from __future__ import annotations

import re
from datetime import datetime
from typing import NamedTuple

import msgspec
from django.db import transaction
from django.db.models import F

from credentials import services
from credentials.documents import OAuthAccount, Secret
from credentials.history import redacted
from credentials.issuers import Issuers
from credentials.kinds import Kind, Source
from credentials.lending import change, invites, terms, tickets
from credentials.lending.ending import ended
from credentials.lending.rules import Openness, Refused, Rules, Why
from credentials.lending.states import Paid, State, Verb
from credentials.lending.terms import Consent
from credentials.models import Contribution, Credential, Invite, Revision
from credentials.oauth import owners
from credentials.probing import Result
from credentials.usage import MOST
from credentials.vault import Vault

_NAME, _CONTACT = 100, 200
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")


class House(NamedTuple):
    """What the gateway brings: where secrets are sealed, who issues tokens, and the pepper of
    digests."""

    vault: Vault
    issuers: Issuers
    pepper: bytes


class Loan(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody offers. `provider` may be "" for Google's kinds, which have one each.

    `day_cap` is calls a day, 0: no cap. That `reward_key_id` is theirs was checked before.
    """

    kind: Kind
    secret: Secret
    provider: str = ""
    name: str = ""
    contact: str = ""
    day_cap: int = 0
    invite: str = ""
    reward_key_id: int | None = None

    def __repr__(self) -> str:
        return f"<Loan of {self.kind}>"


class Offered(NamedTuple):
    """`token` is the end of the receipt's link. It can never be shown again."""

    contribution: Contribution
    token: str


def offer(house: House, loan: Loan, consent: Consent, rules: Rules, *, now: datetime) -> Offered:
    """Stores it, TESTING and held: nobody is served with it before `tested`.

    Raises rules.Refused, and has stored nothing then.
    """
    _admitted(loan, rules)
    read = terms.agreed(consent, loan.kind, rules.extra)
    token = tickets.token()
    with transaction.atomic():
        credential = _store(house, loan)
        invite = _invited(loan, rules, house.pepper, now)
        reward = rules.reward
        row = Contribution.objects.create(
            credential=credential,
            digest=tickets.of_token(token, house.pepper),
            state=State.TESTING.value,
            since=now,
            terms=consent.version,
            terms_digest=read.digest,
            language=read.language.value,
            risk=terms.RISKS[loan.kind].value,
            consented_at=consent.at,
            name=_line(loan.name, _NAME),
            contact=_line(loan.contact, _CONTACT),
            invite=invite,
            paid=reward.paid.value,
            units=reward.units if reward.paid is not Paid.NONE else 0,
            reward_key_id=loan.reward_key_id,
            revision=credential.revision,
            created_at=now,
        )
    return Offered(row, token)


def judge(result: Result) -> bool | None:
    """What a test says about the credential; None: nothing, it may be tried again."""
    if result.ok:
        return True
    return False if result.outcome == "Refused" else None


def tested(id: int, ok: bool | None, words: str, rules: Rules, *, now: datetime) -> Contribution:
    """After a real call: into quarantine, or to be lent at once where nobody moderates.

    One that does not work is rejected and its secret deleted, so that it can be offered again.
    With None the state stays, for another test. Raises Contribution.DoesNotExist, WrongState.
    """
    with change.changing(id, Verb.TEST) as row:
        said = redacted(words)
        if ok is None:
            return change.write(row, reason=said)
        if not ok:
            if row.invite_id is not None:
                Invite.objects.filter(pk=row.invite_id).update(left=F("left") + 1)
            return ended(row, State.REJECTED, now, reason=said)
        row = change.write(row, reason="")
        if rules.moderated:
            return change.move(row, State.QUARANTINED, now)
        return lent(row, now)


def lent(row: Contribution, now: datetime) -> Contribution:
    """From here on the operator wants it, and so does its lender."""
    row = change.move(row, State.LENDING, now)
    services.enable([row.credential_id])
    return row


def capped(cap: int) -> int:
    """Raises Refused."""
    if not 0 <= cap <= MOST:
        raise Refused(Why.CAP)
    return cap


def _admitted(loan: Loan, rules: Rules) -> None:
    if rules.open is Openness.OFF:
        raise Refused(Why.CLOSED)
    if loan.kind not in rules.kinds:
        raise Refused(Why.KIND)
    capped(loan.day_cap)


def _store(house: House, loan: Loan) -> Credential:
    home = services.HOMES.get(loan.kind)
    provider = loan.provider or home or ""
    if home is not None and provider != home:
        raise Refused(Why.PROVIDER)
    try:
        secret = loan.secret
        if not isinstance(secret, str):
            secret = house.issuers.admit(secret)
        Revision.lock()  # The look and the insert are one step.
        owner = secret.email if isinstance(secret, OAuthAccount) else ""
        # Each consent has a token of its own: an account is known by its owner.
        if owner and owners.known(services.named(provider), owner):
            new = False
        else:
            extra = {"email": owner} if owner else {}
            row, new = services.add(
                house.vault, provider, loan.kind, secret, source=Source.CONTRIBUTED, extra=extra
            )
    except ValueError as error:
        raise Refused(Why.SECRET, str(error)) from None
    if not new:
        # Whose it is, and since when, is nobody's business.
        raise Refused(Why.KNOWN)
    services.update([row.pk], held=True, enabled=False, lender_cap=loan.day_cap)
    row.refresh_from_db(fields=["revision", "held", "enabled", "lender_cap"])
    return row


def _invited(loan: Loan, rules: Rules, pepper: bytes, now: datetime) -> Invite | None:
    if rules.open is not Openness.INVITE:
        return None
    invite = invites.redeem(loan.invite, pepper, now)
    if invite is None:
        raise Refused(Why.INVITE)
    return invite


def _line(text: str, most: int) -> str:
    text = text.strip()
    if _CONTROL.search(text):
        raise Refused(Why.UNSEEN)
    if len(text) > most:
        raise Refused(Why.TEXT)
    return text
