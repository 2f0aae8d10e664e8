"""What can go wrong between a person, this gateway and the provider, in words for the person.

A flow keeps the trouble, not the sentence, so that everybody reads it in their own language. What
a provider writes about an error is never repeated: only its code, if it looks like one.
"""

from __future__ import annotations

import enum
import re
from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

_CODE = re.compile(r"[a-z][a-z0-9_.-]{0,39}")


class Trouble(enum.StrEnum):
    UNKNOWN = "unknown"
    NO_PAGE = "no_page"
    NO_DEVICE = "no_device"
    NO_ADDRESS = "no_address"
    BUSY = "busy"
    UNREADABLE = "unreadable"
    STRANGER = "stranger"
    FINISHED = "finished"
    EXPIRED = "expired"
    MIX_UP = "mix_up"
    DENIED = "denied"
    REFUSED = "refused"
    CLIENT = "client"
    STALE = "stale"
    AWAY = "away"
    NO_REFRESH = "no_refresh"
    NO_REFRESH_GOOGLE = "no_refresh_google"
    SCOPES = "scopes"
    INTERNAL = "internal"


_SENTENCES: Mapping[Trouble, str | Promise] = {
    Trouble.UNKNOWN: _("Accounts of this provider are not accepted here."),
    Trouble.NO_PAGE: _("This provider has no consent page here. Use another way to connect."),
    Trouble.NO_DEVICE: _("This provider cannot be connected by typing in a code."),
    Trouble.NO_ADDRESS: _(
        "The gateway does not know its own address, so nobody could come back to it. Its operator "
        "must set HOST_URL."
    ),
    Trouble.BUSY: _("Too many accounts are being connected right now. Try again in ten minutes."),
    Trouble.UNREADABLE: _(
        "This is not the address on which the consent page ended. Copy the whole address, with "
        "everything after the question mark."
    ),
    Trouble.STRANGER: _(
        "This consent was not started in this browser, was used already, or is more than ten "
        "minutes old. Start again."
    ),
    Trouble.FINISHED: _("This account is connected already."),
    Trouble.EXPIRED: _("The time to agree has run out. Start again."),
    Trouble.MIX_UP: _(
        "The answer comes from another provider than the one that was asked. It was not used. "
        "Start again, and tell the operator if it happens again."
    ),
    Trouble.DENIED: _(
        "Access was not granted, so nothing was connected. Start again to change it."
    ),
    Trouble.REFUSED: _(
        "The provider refused the request. Start again, and tell the operator if it happens again."
    ),
    Trouble.CLIENT: _(
        "The provider does not accept this gateway as a client. Its operator must check the OAuth "
        "client's id, secret and redirect address."
    ),
    Trouble.STALE: _(
        "The provider no longer accepts this consent: it was used already, or it took too long. "
        "Start again."
    ),
    Trouble.AWAY: _(
        "The provider could not be reached, or gave no proper answer. Try again later."
    ),
    Trouble.NO_REFRESH: _(
        "The provider gave access for a short time only (no refresh token). The operator must ask "
        "it for offline access with a scope or a parameter; then start again."
    ),
    Trouble.NO_REFRESH_GOOGLE: _(
        "Google gave access for a short time only (no refresh token). Remove this gateway at "
        "https://myaccount.google.com/permissions and start again."
    ),
    Trouble.SCOPES: _(
        "A permission that is needed was not ticked on the consent page. Start again and grant "
        "all of them."
    ),
    Trouble.INTERNAL: _("Something went wrong here, and the account was not stored. Start again."),
}


class FlowError(Exception):
    """It ended, or never began. The text is the sentence, in the language of the reader."""

    def __init__(self, trouble: Trouble, code: str = "") -> None:
        super().__init__(trouble)
        self.trouble = trouble
        self.code = code if _CODE.fullmatch(code) else ""

    def __str__(self) -> str:
        return sentence(self.trouble, self.code)


def sentence(trouble: str, code: str = "") -> str:
    """For a person; `code` is the provider's. "" for no trouble."""
    if not trouble:
        return ""
    known = Trouble(trouble) if trouble in set(Trouble) else Trouble.INTERNAL
    text = str(_SENTENCES[known])
    return f"{text} ({code})" if code else text
