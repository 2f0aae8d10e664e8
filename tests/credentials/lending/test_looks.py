"""How lent credentials are, once an hour."""

from __future__ import annotations

from datetime import timedelta

import pytest

from credentials import health
from credentials import services as operator
from credentials.caps import Calendar
from credentials.health import Health, Rest
from credentials.lending.looks import look, sound
from credentials.lending.states import State
from credentials.models import Contribution, Credential, ServedDay
from tests.credentials.fakes import NOW
from tests.credentials.lending.lender import reach

HOUR = timedelta(hours=1)
CALENDAR = Calendar()
REFUSED = Health(whole=Rest(until=NOW + HOUR, since=NOW, refusals=1))


@pytest.mark.parametrize(
    ("health", "fine"),
    [
        pytest.param(Health(), True, id="clean"),
        pytest.param(Health(banned="401"), False, id="banned"),
        pytest.param(REFUSED, False, id="refused"),
        pytest.param(Health(whole=Rest(until=NOW, since=NOW - HOUR, refusals=1)), True, id="over"),
        pytest.param(Health(whole=Rest(until=NOW + HOUR, limits=3)), True, id="quota spent"),
    ],
)
def test_only_refusals_are_an_illness(health: Health, fine: bool) -> None:
    assert sound(health, NOW) is fine


def found(row: Contribution) -> list[tuple[int, int]]:
    days = ServedDay.objects.filter(credential_id=row.credential_id)
    return [(day.well, day.ill) for day in days]


@pytest.mark.django_db
def test_a_look_is_noted_for_the_day() -> None:
    row = reach(State.LENDING)
    look(NOW, CALENDAR)
    look(NOW, CALENDAR)
    Credential.objects.update(health=health.dump(Health(banned="401")))
    look(NOW, CALENDAR)
    assert found(row) == [(2, 1)]
    assert ServedDay.objects.get().day == CALENDAR.day(NOW)


@pytest.mark.django_db
@pytest.mark.parametrize("where", sorted(set(State) - {State.LENDING}))
def test_nobody_looks_at_what_is_not_lent(where: State) -> None:
    row = reach(where)
    look(NOW, CALENDAR)
    assert found(row) == []


@pytest.mark.django_db
def test_nobody_looks_at_what_the_operator_switched_off() -> None:
    row = reach(State.LENDING)
    operator.disable([row.credential_id])
    look(NOW, CALENDAR)
    assert found(row) == []
