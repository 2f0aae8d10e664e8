"""What holds a call back besides its quota; `keys/limits/admission.py` tells more."""

from __future__ import annotations

from keys.limits.addresses import Addresses, Rule
from keys.limits.admission import FREE, Admission, Limits, Local, Terms, Words, busy
from keys.limits.refusal import Limited, Which, Whose

__all__ = [
    "FREE",
    "Addresses",
    "Admission",
    "Limited",
    "Limits",
    "Local",
    "Rule",
    "Terms",
    "Which",
    "Whose",
    "Words",
    "busy",
]
