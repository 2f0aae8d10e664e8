"""Contributions for the pictures: lent, in quarantine, paused, taken back; one has a receipt."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

NAMES = (
    "Ada",
    "小明的第二个账号",
    "",
    "somebody with a name as long as it may be, and then some more",
)
CONTACT = "telegram: a_rather_long_user_name_0123456789"
DAYS = 14


def fill(count: int, now: datetime) -> dict[str, Any]:
    """The token of the receipt of the first, which is lent, and the id of the second."""
    from django.conf import settings

    from credentials.lending import services
    from credentials.vault import Vault

    vault = Vault(settings.POTLUCK_VAULT_KEYS)
    made = [_lend(vault, number, now) for number in range(count)]
    for number, one in enumerate(made):
        if number % 6 == 2:
            services.pause(one.contribution.pk, now=now)
        if number % 6 == 4:
            services.withdraw(vault, one.contribution.pk, now=now)
    return {"receipt": made[0].token, "waiting": made[1].contribution.pk}


def _lend(vault: Any, number: int, now: datetime) -> Any:
    """Every second waits for the administrator's word."""
    from django.conf import settings

    from credentials.issuers import Issuers
    from credentials.kinds import Kind
    from credentials.lending import offering, terms
    from credentials.lending.rules import Openness, Rules
    from credentials.lending.wording import Language

    kind = Kind.GEMINI_API
    house = offering.House(vault, Issuers(), settings.POTLUCK_PEPPER)
    rules = Rules(open=Openness.OPEN, kinds=(kind,), moderated=number % 2 == 1)
    consent = terms.Consent(terms.current(kind).version, Language.ZH, now)
    name = NAMES[number % len(NAMES)]
    loan = offering.Loan(
        kind=kind, secret=f"lent-{number:024d}", name=name, contact=CONTACT, day_cap=400
    )
    found = offering.offer(house, loan, consent, rules, now=now)
    offering.tested(found.contribution.pk, True, "It works.", rules, now=now)
    _serve(found.contribution.credential_id, now)
    return found


def _serve(credential: int, now: datetime) -> None:
    from credentials.models import ServedDay

    ServedDay.objects.bulk_create(
        ServedDay(
            credential_id=credential,
            day=(now - timedelta(days=back)).date(),
            calls=50 + back,
            served=47 + back,
            well=20,
            ill=back % 3,
        )
        for back in range(DAYS)
    )
