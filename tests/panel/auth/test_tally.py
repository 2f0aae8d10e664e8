"""Failed logins that processes count together."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection

from keys.limits.refusal import Whose
from keys.lockout import ACCOUNT, ADDRESS, Locked
from panel.auth.tally import Tally
from panel.models import LoginFailure

NOON = datetime(2030, 1, 1, 12, tzinfo=UTC)
HOME = "203.0.113.7"

pytestmark = pytest.mark.django_db


def tried(tally: Tally, address: str = HOME, now: datetime = NOON) -> Locked | None:
    try:
        tally.attempt("admin", address, now)
    except Locked as locked:
        return locked
    return None


def test_processes_share_what_an_address_may_guess() -> None:
    one, other = Tally("password"), Tally("password")
    outcomes = [tried((one, other)[number % 2]) for number in range(ADDRESS.free + 2)]
    assert outcomes[:-1] == [None] * (ADDRESS.free + 1)
    assert outcomes[-1] is not None and outcomes[-1].retry_after == 2.0
    assert tried(one, now=NOON + timedelta(seconds=2)) is None
    assert tried(Tally("code")) is None, "another secret"


def test_processes_share_what_all_addresses_may_guess() -> None:
    tallies = [Tally("password") for _ in range(3)]
    outcomes = [tried(tallies[n % 3], f"10.0.0.{n}") for n in range(ACCOUNT.free + 2)]
    assert [each.whose for each in outcomes if each] == [Whose.ACCOUNT]


def test_an_attempt_during_a_wait_writes_nothing() -> None:
    for _ in range(ADDRESS.free + 1):
        tried(Tally("password"))
    before = list(LoginFailure.objects.order_by("pk").values())
    locked = tried(Tally("password"), now=NOON + timedelta(seconds=1))
    assert locked is not None and locked.retry_after == 1.0
    assert list(LoginFailure.objects.order_by("pk").values()) == before


def test_a_right_password_clears_the_account_and_forgives_the_address_one() -> None:
    for number in range(ACCOUNT.free):
        tried(Tally("password"), f"10.0.0.{number}")
    for _ in range(3):
        Tally("password").attempt("admin", HOME, NOON)
        Tally("password").succeeded("admin", HOME)
    assert all(tried(Tally("password"), f"10.0.1.{n}") is None for n in range(ACCOUNT.free))


def test_who_has_logged_in_is_let_in_by_every_process_whatever_others_do() -> None:
    Tally("password").attempt("admin", HOME, NOON)
    Tally("password").succeeded("admin", HOME)
    for number in range(ACCOUNT.free + 1):
        tried(Tally("password"), f"10.0.{number}.1")
    assert tried(Tally("password"), "192.0.2.1") is not None
    assert tried(Tally("password"), HOME) is None


def test_what_is_forgotten_leaves_no_row() -> None:
    for _ in range(ADDRESS.free + 1):
        tried(Tally("password"))
    later = NOON + ADDRESS.memory
    assert tried(Tally("password"), "10.0.0.1", later) is None
    assert set(LoginFailure.objects.values_list("number", flat=True)) == {1}
    assert "203.0" not in str(list(LoginFailure.objects.values()))


@pytest.mark.django_db(transaction=True)
def test_attempts_at_once_gain_nothing() -> None:
    def one(_: int) -> bool:
        try:
            return tried(Tally("password")) is None
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(one, range(16))) == ADDRESS.free + 1
