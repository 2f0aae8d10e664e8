"""Somebody who lends a key, or an account, and gets as far as a test wants."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from credentials.documents import Secret
from credentials.issuers import Issuers
from credentials.kinds import Kind
from credentials.lending import offering, services, terms
from credentials.lending.offering import House, Loan, Offered
from credentials.lending.rules import Openness, Reward, Rules
from credentials.lending.states import Paid, State
from credentials.lending.terms import Consent
from credentials.lending.wording import Language
from credentials.models import Contribution, Credential
from tests.credentials.fakes import NOW, VAULT

KEY = "AIzaSyPlanted-0123456789-abcdefghijklmnopq"
HOUSE = House(VAULT, Issuers(), b"a pepper of tests")
OPEN = Rules(open=Openness.OPEN, kinds=tuple(Kind))
UNMODERATED = Rules(open=Openness.OPEN, kinds=tuple(Kind), moderated=False)


def rewarding(paid: Paid, units: int = 10, **caps: int) -> Rules:
    return Rules(
        open=Openness.OPEN,
        kinds=tuple(Kind),
        moderated=False,
        reward=Reward(paid=paid, units=units, **caps),
    )


def consent(kind: Kind = Kind.GEMINI_API, extra: str = "") -> Consent:
    return Consent(terms.current(kind, extra).version, Language.ZH, NOW)


def offer(
    secret: Secret = KEY,
    kind: Kind = Kind.GEMINI_API,
    rules: Rules = OPEN,
    now: datetime = NOW,
    **said: Any,
) -> Offered:
    loan = Loan(kind=kind, secret=secret, **said)
    return offering.offer(HOUSE, loan, consent(kind, rules.extra), rules, now=now)


def lend(
    secret: Secret = KEY, kind: Kind = Kind.GEMINI_API, now: datetime = NOW, **said: Any
) -> Offered:
    """One that is LENDING."""
    found = offer(secret, kind, now=now, **said)
    row = offering.tested(found.contribution.pk, True, "It works.", UNMODERATED, now=now)
    return Offered(row, found.token)


def reach(state: State, secret: str = KEY) -> Contribution:
    """A new contribution in this state."""
    row = offer(secret).contribution
    if state in (State.QUARANTINED, State.LENDING, State.PAUSED):
        offering.tested(row.pk, True, "", OPEN, now=NOW)
    match state:
        case State.LENDING:
            services.approve(row.pk, by="admin", now=NOW)
        case State.PAUSED:
            services.approve(row.pk, by="admin", now=NOW)
            services.pause(row.pk, now=NOW)
        case State.WITHDRAWN:
            services.withdraw(VAULT, row.pk, now=NOW)
        case State.REJECTED:
            services.reject(VAULT, row.pk, "no", by="admin", now=NOW)
    return Contribution.objects.select_related("credential").get(pk=row.pk)


def state(row: Contribution) -> State:
    """As it is stored now."""
    return State(Contribution.objects.values_list("state", flat=True).get(pk=row.pk))


def credential(row: Contribution) -> Credential:
    return Credential.objects.get(pk=row.credential_id)
