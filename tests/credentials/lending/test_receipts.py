"""What a lender is shown."""

from __future__ import annotations

from datetime import timedelta

import msgspec
import pytest

from credentials import health, history, usage
from credentials import services as operator
from credentials.caps import Calendar, Caps
from credentials.health import Health, Rest
from credentials.history import Mishap
from credentials.kinds import Kind
from credentials.lending import receipts, services
from credentials.lending.receipts import Condition, Day, Earned, Receipt, Undone
from credentials.lending.states import Paid, Revocation, State
from credentials.models import Credential, RewardDay, ServedDay
from tests.credentials.fakes import NOW, VAULT, person
from tests.credentials.lending.lender import HOUSE, KEY, lend, offer, rewarding

pytestmark = pytest.mark.django_db
CALENDAR = Calendar()
TODAY = CALENDAR.day(NOW)
HOUR = timedelta(hours=1)


def look(token: str) -> Receipt:
    found = receipts.receipt(token, HOUSE.pepper, NOW, CALENDAR)
    assert found is not None
    return found


def test_a_new_one() -> None:
    lent = lend(name="Alice")
    found = look(lent.token)
    assert (found.id, found.state, found.since) == (lent.contribution.pk, State.LENDING, NOW)
    assert found.condition == Condition(health.State.HEALTHY)
    assert found.days == tuple(Day(TODAY - timedelta(days=29 - n)) for n in range(30))
    assert found.earned == Earned(Paid.NONE, 0, None, 0)
    assert (found.off, found.problem, found.label) == (False, None, "AIza…nopq")


@pytest.mark.parametrize("token", ["", "x", "A" * 43, "a" * 10**6, "é" * 43, "\x00" * 43])
def test_a_token_of_nobody(token: str) -> None:
    lend()
    assert receipts.receipt(token, HOUSE.pepper, NOW, CALENDAR) is None


def test_a_receipt_needs_the_pepper() -> None:
    assert receipts.find(lend().token, b"another") is None


def test_it_shows_no_secret_and_no_person() -> None:
    found = look(lend(person(), Kind.CODE_ASSIST, name="Alice", contact="@alice").token)
    shown = msgspec.json.encode(found).decode() + repr(found)
    assert not any(word in shown for word in ("planted", "Alice", "@alice"))
    assert KEY not in repr(look(lend().token))


@pytest.mark.parametrize(
    ("stored", "condition"),
    [
        (Health(banned="401"), Condition(health.State.BANNED, None, "401")),
        (
            Health(whole=Rest(until=NOW + HOUR, reason="daily")),
            Condition(health.State.COOLING, NOW + HOUR, "daily"),
        ),
        (Health(whole=Rest(until=NOW, reason="daily")), Condition(health.State.HEALTHY)),
    ],
)
def test_it_tells_how_the_credential_is(stored: Health, condition: Condition) -> None:
    lent = lend()
    Credential.objects.update(health=health.dump(stored))
    assert look(lent.token).condition == condition


def test_it_tells_what_was_served() -> None:
    lent = lend(day_cap=50)
    id = lent.contribution.credential_id
    usage.limit([id], Caps(day=80))
    Credential.objects.update(day=TODAY, calls=7, served=6)
    for back, calls in ((0, 7), (29, 3), (30, 99)):
        day = TODAY - timedelta(days=back)
        ServedDay.objects.create(credential_id=id, day=day, calls=calls, served=calls - 1)
    found = look(lent.token)
    assert (found.days[0], found.days[-1]) == (Day(found.days[0].day, 3, 2), Day(TODAY, 7, 6))
    assert sum(day.calls for day in found.days) == 10
    assert (found.today.calls, found.today.own_cap, found.today.cap) == (7, 50, 50)
    assert found.today.reset_at == CALENDAR.end(TODAY)
    usage.limit([id], Caps(day=20))
    assert look(lent.token).today.cap == 20


def test_it_tells_the_last_problem() -> None:
    lent = lend()
    two = [Mishap(NOW - HOUR, 500, "stumbled"), Mishap(NOW, 429, "limited", "Slow down.")]
    Credential.objects.update(errors=history.merged([], two))
    assert look(lent.token).problem == two[1]


def test_it_tells_what_was_granted() -> None:
    lent = lend(rules=rewarding(Paid.DAY, 10), reward_key_id=5)
    for back in (1, 2):
        RewardDay.objects.create(
            contribution=lent.contribution,
            day=TODAY - timedelta(days=back),
            key_id=5,
            units=10,
            granted_at=NOW,
        )
    assert look(lent.token).earned == Earned(Paid.DAY, 10, 5, 20)


def test_it_tells_how_to_revoke_by_hand() -> None:
    lent = lend(person(), Kind.CODE_ASSIST)
    services.withdraw(VAULT, lent.contribution.pk, now=NOW)
    services.revoked(lent.contribution.pk, False, "unsupported")
    found = look(lent.token)
    link = "https://myaccount.google.com/connections"
    assert found.undone == Undone(Revocation.FAILED, "unsupported", link)
    assert found.state is State.WITHDRAWN


def test_it_tells_what_the_operator_did() -> None:
    lent = lend()
    operator.disable([lent.contribution.credential_id])
    assert look(lent.token).off
    operator.remove([lent.contribution.credential_id])
    assert look(lent.token).state is State.REJECTED


def test_everybody_sees_their_own() -> None:
    alice, bob = lend("alice-key"), offer("bob-key")
    assert look(alice.token).id == alice.contribution.pk
    assert look(bob.token).id == bob.contribution.pk
    assert look(bob.token).state is State.TESTING
