"""Whose fault a failed call is, and what to do about it: by its stable code."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _

from panel.pages.requests import words

OURS = frozenset(
    {
        "upstream_cooling",
        "no_credential",
        "upstream_timeout",
        "upstream_failed",
        "shutting_down",
        "database_unavailable",
        "internal_error",
        "500",
    }
)
"""Codes of calls that nothing was wrong with: the gateway or its upstreams failed them."""


@dataclass(frozen=True, slots=True)
class Reason:
    """`advice` is for the administrator; `ours`: the caller did nothing wrong."""

    code: str
    meaning: str
    advice: str
    ours: bool


def explain(code: str) -> Reason:
    """Also for a code that this version does not know."""
    known = words.codes().get(code)
    if known is None:
        meaning = _("It failed with %(code)s.") % {"code": code}
        return Reason(code, meaning, _("Look at the calls themselves."), code in OURS)
    return Reason(code, known.meaning, known.advice, code in OURS)
