"""How a request ended, as people see it: a shape and a word."""

from __future__ import annotations

import enum

from django.utils.translation import gettext as _

from keys.models import RequestRecord

LEFT = "client_disconnected"


class Outcome(enum.StrEnum):
    """Values are the shapes of `panel.icons` and classes of the style sheets."""

    ANSWERED = "active"
    REFUSED = "low"
    BROKEN = "expired"
    FAILED = "spent"
    LEFT = "off"

    @property
    def word(self) -> str:
        return {
            Outcome.ANSWERED: _("answered"),
            Outcome.REFUSED: _("refused"),
            Outcome.BROKEN: _("broke off"),
            Outcome.FAILED: _("failed"),
            Outcome.LEFT: _("client left"),
        }[self]


def judge(record: RequestRecord) -> Outcome:
    """An answer that began and then broke off has a good status all the same."""
    if record.error_code == LEFT:
        return Outcome.LEFT
    if record.status >= 500:
        return Outcome.FAILED
    if record.status >= 400:
        return Outcome.REFUSED
    return Outcome.BROKEN if record.error_code else Outcome.ANSWERED
