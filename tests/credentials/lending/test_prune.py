"""What is old is forgotten, and no secret is kept that nobody came back for."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from credentials import services as operator
from credentials.caps import Calendar
from credentials.lending.prune import prune
from credentials.lending.states import Revocation, State
from credentials.models import Contribution, ServedDay
from tests.credentials.fakes import NOW
from tests.credentials.lending.lender import credential, reach, state

pytestmark = pytest.mark.django_db
CALENDAR = Calendar()


def test_an_offer_that_was_never_tested_is_deleted_after_a_day() -> None:
    row = reach(State.TESTING)
    prune(NOW + timedelta(hours=23), CALENDAR)
    assert state(row) is State.TESTING
    prune(NOW + timedelta(hours=25), CALENDAR)
    row = Contribution.objects.get()
    assert (row.state, row.revocation) == (State.REJECTED, Revocation.BY_HAND)
    assert "within a day" in row.reason
    assert credential(row).sealed == ""


@pytest.mark.parametrize("where", [State.QUARANTINED, State.LENDING, State.PAUSED])
def test_others_stay(where: State) -> None:
    row = reach(where)
    prune(NOW + timedelta(days=1000), CALENDAR)
    assert state(row) is where


def test_what_the_administrator_removed_has_ended() -> None:
    row = reach(State.LENDING)
    operator.remove([row.credential_id])
    prune(NOW, CALENDAR)
    row = Contribution.objects.get()
    assert (row.state, row.reason) == (State.REJECTED, "The administrator removed it.")


def test_old_days_are_forgotten() -> None:
    row = reach(State.LENDING)
    for day in (date(2025, 5, 1), date(2026, 6, 1)):
        ServedDay.objects.create(credential_id=row.credential_id, day=day)
    prune(NOW, CALENDAR)
    assert ServedDay.objects.get().day == date(2026, 6, 1)
