"""What is said of credentials, in a person's words: states, kinds, reasons, spans of time."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache
from typing import NamedTuple

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from credentials.kinds import Kind, Source
from credentials.lending import states as lending
from credentials.lending.wording import TEXTS, Language, Risk
from credentials.listing import State
from panel.pages import standing
from panel.pages.lend import words as lend


class Reason(NamedTuple):
    """What happened, and what to do about it; `advice` may be ""."""

    meaning: str
    advice: str


def state(value: State, contribution: str = "") -> str:
    """`contribution` is the state of the contribution that brought it."""
    held = {
        lending.State.TESTING: _("being tested"),
        lending.State.QUARANTINED: _("in quarantine"),
        lending.State.PAUSED: _("paused by its lender"),
    }
    if value is State.HELD and contribution in held:
        return held[lending.State(contribution)]
    return standing.words()[value]


def kinds() -> Mapping[str, str]:
    return _kinds(get_language())


def sources() -> Mapping[str, str]:
    """Who brought it."""
    return _sources(get_language())


# A list asks for the same words in each of its rows.
@lru_cache
def _kinds(language: str | None) -> Mapping[str, str]:
    return {kind.value: lend.kind(kind) for kind in Kind}


@lru_cache
def _sources(language: str | None) -> Mapping[str, str]:
    return {
        Source.MANUAL: _("added by hand"),
        Source.ENV: _("from the environment"),
        Source.CONFIG: _("from the configuration"),
        Source.IMPORT: _("from a file"),
        Source.CONTRIBUTED: _("contributed"),
    }


def terms(value: Risk) -> str:
    """The risk of lending it, in a line."""
    language = Language.ZH if (get_language() or "").startswith("zh") else Language.EN
    return TEXTS[value][language].label


def until(moment: datetime, now: datetime) -> str:
    """`45 s`, `12 m`, `5 h 12 m`, `3 d 4 h`: as the script counts it down."""
    left = max(0, math.ceil((moment - now).total_seconds()))
    days, hours, minutes, seconds = units()
    if left < 60:
        return f"{left} {seconds}"
    # A minute that has begun counts, so that nobody comes too early.
    whole = math.ceil(left / 60)
    if whole < 60:
        return f"{whole} {minutes}"
    if whole < 24 * 60:
        return f"{whole // 60} {hours} {whole % 60} {minutes}"
    return f"{whole // 1440} {days} {whole % 1440 // 60} {hours}"


def units() -> tuple[str, str, str, str]:
    """Days, hours, minutes, seconds, as short as can be."""
    # Translators: days, hours, minutes, seconds, with blanks between.
    found = _("d h m s").split()
    return (found[0], found[1], found[2], found[3])


def explain(code: str) -> Reason:
    """Of a code of ours or of a provider's; what is a sentence already stays one."""
    known = _reasons(get_language()).get(code.casefold())
    if known is not None:
        return known
    if " " in code:
        return Reason(code, "")
    return Reason(
        _("The provider said %(code)s.") % {"code": code},
        _("What it said below may tell more. Test it, or look at the provider's own console."),
    )


@lru_cache
def _reasons(language: str | None) -> Mapping[str, Reason]:
    return {code: reason for codes, reason in families() for code in codes}


def families() -> list[tuple[frozenset[str], Reason]]:
    """Codes in lower case, and what each of them means."""
    return [*_limits(), *_refusals(), *_others()]


def _limits() -> list[tuple[frozenset[str], Reason]]:
    return [
        (
            _codes("RATE_LIMIT_EXCEEDED RESOURCE_EXHAUSTED rate_limit_error rate_limit 429 limited")
            | _codes("RESOURCE_QUOTA_EXCEEDED tokens requests rate_limit_reached_error"),
            Reason(
                _("It was asked too fast."),
                _("Nothing: it comes back by itself. A cap per minute spares it the refusals."),
            ),
        ),
        (
            _codes("QUOTA_PER_DAY QUOTA_EXHAUSTED"),
            Reason(
                _("The provider's quota is used up."),
                _("Nothing: it comes back when the provider's day begins. A cap keeps some back."),
            ),
        ),
        (
            _codes("day_cap"),
            Reason(
                _("It has answered as often today as it may."),
                _("Wait for the next day, or raise its cap."),
            ),
        ),
        (
            _codes("MODEL_CAPACITY_EXHAUSTED overloaded_error"),
            Reason(
                _("The provider has no room for this model."),
                _("Nothing: everybody is told the same. It is asked again by itself."),
            ),
        ),
        (
            _codes("INSUFFICIENT_G1_CREDITS_BALANCE insufficient_quota insufficient_balance 402")
            | _codes("insufficient_user_quota billing_hard_limit_reached billing_not_active")
            | _codes("credits credit_balance_too_low usage_limit_reached billing_error"),
            Reason(
                _("The account has no money or credit left."),
                _("Pay or raise its limit at the provider, then pardon it here."),
            ),
        ),
        (
            _codes("barred LIMIT_ZERO"),
            Reason(
                _("The account has no allowance for this model."),
                _("If the provider allows it by now, pardon it: it is tried again."),
            ),
        ),
    ]


def _refusals() -> list[tuple[frozenset[str], Reason]]:
    return [
        (
            _codes("API_KEY_INVALID invalid_api_key authentication_error 401 UNAUTHENTICATED")
            | _codes("ACCESS_TOKEN_EXPIRED CREDENTIALS_MISSING API_KEY_EXPIRED invalid_grant"),
            Reason(
                _("The provider does not accept this key or account."),
                _("Bring a new one and delete this one. If it was a mistake there, pardon it."),
            ),
        ),
        (
            _codes("VALIDATION_REQUIRED"),
            Reason(
                _("Google wants the account's owner to verify it."),
                _("Have its owner log in at Google and follow what it asks, then pardon it."),
            ),
        ),
        (
            _codes("SERVICE_DISABLED BILLING_DISABLED API_KEY_SERVICE_BLOCKED"),
            Reason(
                _("The API is not switched on in its project."),
                _("Switch it on in the provider's console, then pardon it."),
            ),
        ),
        (
            _codes("CONSUMER_SUSPENDED organization_disabled CONSUMER_INVALID"),
            Reason(
                _("The provider has suspended the account."),
                _("Only its owner can settle that with the provider. If nobody will, delete it."),
            ),
        ),
        (
            _codes("403 PERMISSION_DENIED permission_error forbidden IAM_PERMISSION_DENIED"),
            Reason(
                _("The provider does not let this account do that."),
                _("Look at its rights, country and billing at the provider, then pardon it."),
            ),
        ),
    ]


def _others() -> list[tuple[frozenset[str], Reason]]:
    return [
        (
            _codes("stumbled"),
            Reason(
                _("The provider failed, or did not answer in time."),
                _("Nothing: if it happens to all of them, the provider has a bad hour."),
            ),
        ),
    ]


def _codes(names: str) -> frozenset[str]:
    return frozenset(names.casefold().split())
