"""The end of a contribution: here at once, and then at its provider."""

from __future__ import annotations

from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone

from credentials.lending import services
from credentials.lending.services import Ended
from credentials.models import Contribution
from credentials.oauth import revoke
from panel import audit, bridge, tending

_PATIENCE = 10.0
"""Seconds for the provider to answer: a person is waiting."""


def withdraw(request: HttpRequest, id: int) -> None:
    """Its lender takes it back; the provider is asked, too. Raises WrongState."""
    with transaction.atomic():
        ended = services.withdraw(tending.vault(), id, now=timezone.now())
        audit.note(request, "contribution.withdraw", str(ended.contribution))
    revoked(ended)


def reject(request: HttpRequest, id: int, reason: str) -> Contribution:
    """The administrator does not want it. Raises WrongState, Contribution.DoesNotExist."""
    with transaction.atomic():
        now = timezone.now()
        ended = services.reject(tending.vault(), id, reason, by="administrator", now=now)
        audit.note(
            request, "contribution.reject", str(ended.contribution), after={"reason": reason}
        )
    revoked(ended)
    return ended.contribution


def revoked(ended: Ended) -> None:
    """Asks the provider to take back what it has granted, and notes what came of it."""
    if ended.document is None:
        return
    answer: revoke.Revoked | revoke.NotRevoked
    try:
        gateway = bridge.current()
        issuer = tending.issuers().find(ended.document)
        asked = revoke.revoke(gateway.web, issuer, ended.document, proxy=ended.proxy)
        answer = gateway.wait(asked, _PATIENCE)
    except (bridge.NotRunning, TimeoutError):
        answer = revoke.NotRevoked(revoke.Why.AWAY)
    except ValueError:  # The operator has taken the provider out of the configuration.
        answer = revoke.NotRevoked(revoke.Why.NO_ADDRESS)
    done = isinstance(answer, revoke.Revoked)
    words = "" if isinstance(answer, revoke.Revoked) else answer.why.value
    services.revoked(ended.contribution.pk, done, words)
