from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keys.limits.refusal import Whose
from keys.lockout import ACCOUNT, ADDRESS, Locked, Lockout, Steps

NOON = datetime(2030, 1, 1, 12, tzinfo=UTC)
HOME, AWAY = "203.0.113.7", "198.51.100.1"


def second(number: float) -> datetime:
    return NOON + timedelta(seconds=number)


def tried(lockout: Lockout, address: str, now: datetime, account: str = "admin") -> Locked | None:
    try:
        lockout.attempt(account, address, now)
    except Locked as locked:
        return locked
    return None


@pytest.mark.parametrize(
    ("failures", "seconds"),
    [(0, 0), (3, 0), (4, 2), (5, 4), (6, 8), (9, 60), (10, 60), (10_000, 60)],
)
def test_each_failure_beyond_the_free_ones_doubles_the_wait(failures: int, seconds: int) -> None:
    steps = Steps(3, timedelta(seconds=2), timedelta(minutes=1))
    assert steps.wait(failures) == timedelta(seconds=seconds)


def test_an_address_that_guesses_must_wait() -> None:
    lockout = Lockout()
    outcomes = [tried(lockout, HOME, NOON) for _ in range(ADDRESS.free + 2)]
    assert outcomes[: ADDRESS.free + 1] == [None] * (ADDRESS.free + 1)
    locked = outcomes[-1]
    assert locked is not None
    assert (locked.whose, locked.retry_after) == (Whose.ADDRESS, 2.0)
    assert tried(lockout, HOME, second(2)) is None
    assert tried(lockout, HOME, second(3)) is not None


def test_many_addresses_that_guess_at_one_account_must_wait() -> None:
    lockout = Lockout()
    outcomes = [tried(lockout, f"10.0.0.{n}", NOON) for n in range(ACCOUNT.free + 2)]
    assert [each for each in outcomes if each] == outcomes[-1:]
    assert outcomes[-1] is not None and outcomes[-1].whose is Whose.ACCOUNT
    assert tried(lockout, "10.0.1.1", NOON, account="other") is None


def test_attempts_at_once_gain_nothing_before_the_first_is_judged() -> None:
    lockout = Lockout()
    let_in = [each for each in (tried(lockout, HOME, NOON) for _ in range(50)) if each is None]
    assert len(let_in) == ADDRESS.free + 1


def test_attempts_during_a_wait_make_it_no_longer() -> None:
    lockout = Lockout()
    for _ in range(50):
        tried(lockout, HOME, NOON)
    locked = tried(lockout, HOME, second(1))
    assert locked is not None and locked.retry_after == 1.0


def test_success_clears_the_account() -> None:
    lockout = Lockout()
    for number in range(ACCOUNT.free):
        tried(lockout, f"10.0.0.{number}", NOON)
    lockout.attempt("admin", HOME, NOON)
    lockout.succeeded("admin", HOME)
    assert all(tried(lockout, f"10.0.1.{n}", NOON) is None for n in range(ACCOUNT.free))


def test_a_success_of_ones_own_does_not_pay_for_guesses_at_others() -> None:
    lockout, let_in = Lockout(), 0
    for _ in range(30):
        let_in += tried(lockout, AWAY, NOON, "admin") is None
        if tried(lockout, AWAY, NOON, "mallory") is None:
            lockout.succeeded("mallory", AWAY)
    assert let_in <= ADDRESS.free + 1


def test_right_passwords_never_lead_to_a_wait() -> None:
    lockout = Lockout()
    for number in range(100):
        lockout.attempt("admin", HOME, second(number))
        lockout.succeeded("admin", HOME)


def test_the_operator_gets_in_from_home_whatever_others_do() -> None:
    lockout = Lockout()
    lockout.attempt("admin", HOME, NOON)
    lockout.succeeded("admin", HOME)
    for number in range(200):
        tried(lockout, f"10.0.{number}.1", second(number))
    assert tried(lockout, "192.0.2.1", second(200)) is not None
    assert tried(lockout, HOME, second(200)) is None


@given(gaps=st.lists(st.floats(0, 3_000), max_size=80), addresses=st.integers(1, 20))
def test_no_wait_is_longer_than_its_cap(gaps: list[float], addresses: int) -> None:
    lockout, now = Lockout(), NOON
    for number, gap in enumerate(gaps):
        now += timedelta(seconds=gap)
        locked = tried(lockout, f"10.0.0.{number % addresses}", now)
        if locked is not None:
            cap = ADDRESS.cap if locked.whose is Whose.ADDRESS else ACCOUNT.cap
            assert 0 < locked.retry_after <= cap.total_seconds()


def test_failures_are_forgotten() -> None:
    lockout = Lockout()
    for _ in range(ADDRESS.free + 1):
        tried(lockout, HOME, NOON)
    assert tried(lockout, HOME, NOON) is not None
    tomorrow = NOON + timedelta(days=1)
    assert all(tried(lockout, HOME, tomorrow) is None for _ in range(ADDRESS.free + 1))


def test_a_clock_that_is_set_back_makes_no_wait_longer() -> None:
    lockout = Lockout()
    for _ in range(ADDRESS.free + 1):
        tried(lockout, HOME, NOON)
    locked = tried(lockout, HOME, NOON - timedelta(days=1))
    assert locked is not None and locked.retry_after == 2.0


def test_made_up_names_neither_fill_the_memory_nor_flush_what_is_known() -> None:
    lockout = Lockout(room=64)
    for number in range(ACCOUNT.free + 1):
        tried(lockout, f"10.9.0.{number}", NOON, "admin")
    for number in range(2_000):
        tried(lockout, f"10.{number // 250}.0.{number % 250}", NOON, f"name-{number}")
    sizes = [len(table) for table in (lockout._accounts, lockout._addresses, lockout._known)]
    assert max(sizes) <= 64
    assert tried(lockout, "192.0.2.1", NOON) is not None
