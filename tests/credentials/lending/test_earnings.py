"""What a day has earned, and that it is booked once."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.db import transaction

from credentials import services as operator
from credentials.caps import Calendar
from credentials.lending import earnings, services
from credentials.lending.earnings import Due, Settled
from credentials.lending.rules import Reward
from credentials.lending.states import Paid
from credentials.models import Contribution, RewardDay, ServedDay
from tests.credentials.fakes import NOW, VAULT
from tests.credentials.lending.lender import lend, rewarding

pytestmark = pytest.mark.django_db
CALENDAR = Calendar()
YESTERDAY = CALENDAR.day(NOW) - timedelta(days=1)
LONG_AGO = NOW - timedelta(days=60)
KEY_ID = 5


def lent(paid: Paid, units: int = 10, now: datetime = LONG_AGO) -> Contribution:
    rules = rewarding(paid, units)
    return lend(rules=rules, now=now, reward_key_id=KEY_ID).contribution


def day(row: Contribution, back: int = 1, **counts: int) -> None:
    when = CALENDAR.day(NOW) - timedelta(days=back)
    ServedDay.objects.create(credential_id=row.credential_id, day=when, **counts)


def due(now: datetime = NOW) -> list[Due]:
    return list(earnings.due(now, CALENDAR))


def book(one: Due, reward: Reward = Reward()) -> int:  # noqa: B008 - it is frozen
    with transaction.atomic():
        return earnings.book(one, reward, NOW)


def test_a_healthy_day_is_paid_when_it_is_over() -> None:
    row = lent(Paid.DAY)
    day(row, 0, well=5)
    day(row, 1, well=24)
    assert due() == [Due(row.pk, KEY_ID, YESTERDAY, 10)]


def test_a_day_is_over_a_little_after_its_end() -> None:
    row = lent(Paid.DAY)
    day(row, 1, well=24)
    end = CALENDAR.end(YESTERDAY)
    assert due(end + timedelta(minutes=9)) == []
    assert len(due(end + timedelta(minutes=10))) == 1


@pytest.mark.parametrize(
    "counts", [{"well": 23, "ill": 1}, {"ill": 24}, {"calls": 9, "served": 9}], ids=str
)
def test_a_day_on_which_it_was_ill_or_away_earns_nothing(counts: dict[str, int]) -> None:
    day(lent(Paid.DAY), **counts)
    assert due() == []


def test_a_day_that_was_not_whole_earns_nothing() -> None:
    begin = CALENDAR.end(YESTERDAY - timedelta(days=1))
    row = lent(Paid.DAY, now=begin + timedelta(seconds=1))
    day(row, 1, well=20)
    assert due() == []
    Contribution.objects.update(since=begin)
    assert len(due()) == 1


def test_served_calls_are_paid_each() -> None:
    row = lent(Paid.CALL, 3)
    day(row, 1, calls=9, served=7, well=24)
    day(row, 2, calls=9, well=24)
    day(row, 3, calls=9, served=9, ill=1)
    assert due() == [Due(row.pk, KEY_ID, YESTERDAY, 21)]


def test_who_pauses_is_paid_for_the_calls_before() -> None:
    by_call, by_day = lent(Paid.CALL, 3), lend("other", rules=rewarding(Paid.DAY)).contribution
    for row in (by_call, by_day):
        day(row, 1, served=2, well=24)
        services.pause(row.pk, now=NOW)
    assert [one.contribution_id for one in due()] == [by_call.pk]


@pytest.mark.parametrize("paid", [Paid.DAY, Paid.CALL])
def test_after_a_withdrawal_nothing_is_paid(paid: Paid) -> None:
    row = lent(paid)
    day(row, 1, served=2, well=24)
    [one] = due()
    services.withdraw(VAULT, row.pk, now=NOW)
    assert due() == []
    with pytest.raises(Settled):
        book(one)


def test_what_the_operator_removed_earns_nothing() -> None:
    row = lent(Paid.DAY)
    day(row, 1, well=24)
    [one] = due()
    operator.remove([row.credential_id])
    assert due() == []
    with pytest.raises(Settled):
        book(one)


def test_without_a_key_or_a_promise_nothing_is_due() -> None:
    day(lent(Paid.NONE), 1, served=5, well=24)
    day(lend("other", rules=rewarding(Paid.DAY), now=LONG_AGO).contribution, 1, well=24)
    assert due() == []


def test_a_week_that_was_missed_is_made_up_for() -> None:
    row = lent(Paid.DAY)
    for back in range(1, 12):
        day(row, back, well=1)
    assert len(due()) == 8
    assert due()[-1].day == YESTERDAY


def test_a_day_is_booked_once() -> None:
    row = lent(Paid.DAY)
    day(row, 1, well=24)
    [one] = due()
    assert book(one) == 10
    with pytest.raises(Settled):
        book(one)
    assert due() == []
    assert RewardDay.objects.get().units == 10


def test_another_key_since_is_not_paid_by_an_older_look() -> None:
    row = lent(Paid.DAY)
    day(row, 1, well=24)
    [one] = due()
    services.reward(row.pk, KEY_ID + 1)
    with pytest.raises(Settled):
        book(one)


def test_caps_of_a_day_and_of_all() -> None:
    row = lent(Paid.CALL, 1)
    for back in (1, 2, 3):
        day(row, back, served=50)
    caps = Reward(paid=Paid.CALL, day_cap=30, total_cap=45)
    assert [book(one, caps) for one in due()] == [30, 15, 0]
    assert earnings.granted(row.pk) == 45
    assert due() == []
