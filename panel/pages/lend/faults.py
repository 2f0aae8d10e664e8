"""What went wrong on the way to a contribution: one status, code and sentence for pages and API."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from django.utils.translation import gettext as _

from credentials.lending.rules import Refused, Why
from credentials.oauth.troubles import FlowError, Trouble
from panel import bridge
from panel.pages.lend import words

Failure = FlowError | Refused | bridge.NotRunning
FAILURES = (FlowError, Refused, bridge.NotRunning)

_REFUSED: Mapping[Why, int] = {Why.CLOSED: 403, Why.INVITE: 403, Why.KNOWN: 409, Why.TERMS: 409}
_TROUBLES: Mapping[Trouble, int] = {
    Trouble.STRANGER: 404,
    Trouble.FINISHED: 409,
    Trouble.BUSY: 503,
    Trouble.AWAY: 502,
    Trouble.INTERNAL: 500,
}


class Fault(NamedTuple):
    """`text` is a sentence in the reader's language; what else is wrong is 400."""

    status: int
    code: str
    text: str


def fault(error: Failure) -> Fault:
    match error:
        case Refused():
            return Fault(_REFUSED.get(error.why, 400), error.why.value, words.refusal(error.why))
        case FlowError():
            return Fault(_TROUBLES.get(error.trouble, 400), error.trouble.value, str(error))
        case bridge.NotRunning():
            text = _("The gateway is not running in this process. Try again in a moment.")
            return Fault(503, "gateway_not_running", text)
