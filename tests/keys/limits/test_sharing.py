from __future__ import annotations

from datetime import UTC, datetime, timedelta

from keys.limits.sharing import Sharing

NOON = datetime(2030, 1, 1, 12, tzinfo=UTC)


def home(number: int) -> str:
    return f"203.0.113.{number}"


def test_more_addresses_than_one_person_has_are_suspicious_once() -> None:
    sharing = Sharing(most=8)
    told = [sharing.see(1, home(n), NOON + timedelta(seconds=n)) for n in range(20)]
    assert told == [None] * 8 + [NOON + timedelta(seconds=8)] + [None] * 11
    assert sharing.since(1) == NOON + timedelta(seconds=8)
    assert sharing.since(2) is None


def test_one_who_uses_few_addresses_often_is_not() -> None:
    sharing = Sharing(most=8)
    assert all(sharing.see(1, home(n % 8), NOON) is None for n in range(1_000))


def test_ipv6_neighbours_are_one_address() -> None:
    sharing = Sharing(most=1)
    assert all(sharing.see(1, f"2001:db8::{n:x}", NOON) is None for n in range(50))


def test_one_who_travels_slowly_is_not_suspicious() -> None:
    sharing = Sharing(most=2, window=timedelta(hours=1))
    days = [sharing.see(1, home(n), NOON + timedelta(minutes=31 * n)) for n in range(100)]
    assert days == [None] * 100


def test_an_address_in_use_all_the_time_stays_in_the_window() -> None:
    sharing = Sharing(most=2, window=timedelta(hours=1))
    found = []
    for minute in range(0, 240, 5):
        found.append(sharing.see(1, home(0), NOON + timedelta(minutes=minute)))
    late = NOON + timedelta(minutes=236)
    found += [sharing.see(1, home(1), late), sharing.see(1, home(2), late)]
    assert found[:-1] == [None] * (len(found) - 1)
    assert found[-1] == late


def test_after_a_pardon_it_is_told_again() -> None:
    sharing = Sharing(most=1)
    assert [sharing.see(1, home(n), NOON) for n in range(3)] == [None, NOON, None]
    sharing.pardon(1)
    assert sharing.since(1) is None
    later = NOON + timedelta(minutes=1)
    assert [sharing.see(1, home(n), later) for n in range(3)] == [None, later, None]


def test_keys_that_are_idle_cost_nothing() -> None:
    sharing = Sharing()
    for key_id in range(5_000):
        sharing.see(key_id, home(1), NOON)
    for hour in range(1, 4):
        sharing.see(1, home(1), NOON + timedelta(hours=hour))
    assert len(sharing) == 1


def test_a_key_in_a_thousand_places_costs_no_more_than_the_limit() -> None:
    sharing = Sharing(most=8, room=10)
    for number in range(1_000):
        sharing.see(number % 50, f"10.0.{number // 250}.{number % 250}", NOON)
    assert len(sharing) <= 20
