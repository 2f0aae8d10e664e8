"""Units for people who lend: for each day once, whatever happens."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest
from django.conf import settings
from django.db import connections

from credentials import health
from credentials.caps import Calendar
from credentials.health import Health
from credentials.lending import services as lending
from credentials.lending.rules import Reward
from credentials.lending.states import Paid
from credentials.models import Contribution, Credential, RewardDay, ServedDay
from keys import figures, services
from keys.audit import check
from keys.models import ApiKey, LedgerEntry
from panel.rewards import pay
from tests.credentials.fakes import NOW, VAULT
from tests.credentials.lending.lender import lend, rewarding

pytestmark = pytest.mark.django_db(transaction=True)
CALENDAR = Calendar()
DAY = timedelta(days=1)
YESTERDAY = CALENDAR.day(NOW) - DAY
DAILY = Reward(paid=Paid.DAY)


def key(total: int | None = 100) -> ApiKey:
    return services.create(settings.POTLUCK_PEPPER, total=total)[0]


def lent(to: ApiKey, paid: Paid = Paid.DAY, secret: str = "key-of-alice") -> Contribution:  # noqa: S107
    rules = rewarding(paid, 10)
    row = lend(secret, rules=rules, now=NOW - 60 * DAY, reward_key_id=to.pk).contribution
    ServedDay.objects.create(
        credential_id=row.credential_id, day=YESTERDAY, calls=9, served=7, well=24
    )
    return row


def total(of: ApiKey) -> int | None:
    return ApiKey.objects.values_list("total_quota", flat=True).get(pk=of.pk)


def reasons(of: ApiKey) -> list[str]:
    rows = LedgerEntry.objects.filter(key=of).exclude(reason="created")
    return list(rows.values_list("reason", flat=True))


def test_a_day_is_paid_once() -> None:
    alice = key()
    row = lent(alice)
    assert [pay(NOW + n * timedelta(hours=1), DAILY, CALENDAR) for n in range(3)] == [10, 0, 0]
    assert total(alice) == 110
    assert reasons(alice) == [f"contribution {row.pk} {YESTERDAY}"]
    assert list(check(figures.keys("default"))) == []


def test_every_day_is_paid() -> None:
    alice = key()
    lent(alice)
    granted = [pay(NOW + n * DAY, DAILY, CALENDAR) for n in range(4)]
    # The look of each hour is what makes a day a healthy one.
    assert granted == [10, 10, 10, 10]
    assert total(alice) == 140


def test_served_calls_are_paid() -> None:
    alice = key()
    lent(alice, Paid.CALL)
    assert pay(NOW, Reward(paid=Paid.CALL, day_cap=60), CALENDAR) == 60
    assert total(alice) == 160


def test_an_ill_day_earns_nothing() -> None:
    alice = key()
    lent(alice)
    Credential.objects.update(health=health.dump(Health(banned="401")))
    assert pay(NOW, DAILY, CALENDAR) == 10
    Credential.objects.update(health={})
    assert pay(NOW + DAY, DAILY, CALENDAR) == 0
    assert pay(NOW + 2 * DAY, DAILY, CALENDAR) == 10


def test_a_withdrawal_ends_it() -> None:
    alice = key()
    lending.withdraw(VAULT, lent(alice).pk, now=NOW)
    assert pay(NOW, DAILY, CALENDAR) == 0
    assert reasons(alice) == []


def test_the_operator_may_end_all_rewards() -> None:
    alice = key()
    lent(alice)
    assert pay(NOW, Reward(), CALENDAR) == 0
    assert ServedDay.objects.filter(day=CALENDAR.day(NOW), well=1).exists()
    assert total(alice) == 100


@pytest.mark.parametrize("limit", [None, 100])
def test_a_key_that_cannot_take_units_gets_none(limit: int | None) -> None:
    bob, alice = key(limit), key()
    lent(bob)
    lent(alice, secret="another")
    if limit is not None:
        services.revoke(bob.pk)
    assert pay(NOW, DAILY, CALENDAR) == 10
    assert (reasons(bob), total(alice)) == ([], 110)
    assert RewardDay.objects.get().key_id == alice.pk


def test_a_key_of_nobody_earns_nothing() -> None:
    row = lent(key())
    lending.reward(row.pk, 404)
    assert pay(NOW, DAILY, CALENDAR) == 0
    assert not RewardDay.objects.exists()


def test_a_cap_that_is_reached_grants_nothing_more() -> None:
    alice = key()
    lent(alice)
    reward = Reward(paid=Paid.DAY, total_cap=15)
    assert [pay(NOW + n * DAY, reward, CALENDAR) for n in range(3)] == [10, 5, 0]
    assert reasons(alice) != [] and total(alice) == 115


def test_many_who_pay_at_once_pay_once() -> None:
    alice, bob = key(), key()
    lent(alice)
    lent(bob, Paid.CALL, secret="another")

    def attempt(now: datetime) -> int:
        try:
            return pay(now, DAILY, CALENDAR)
        finally:
            connections["default"].close()

    with ThreadPoolExecutor(4) as threads:
        assert sum(threads.map(attempt, [NOW] * 8)) == 80
    assert (total(alice), total(bob)) == (110, 170)
    assert list(check(figures.keys("default"))) == []
