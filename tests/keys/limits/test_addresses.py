from __future__ import annotations

import ipaddress
from datetime import UTC, datetime, timedelta

import pytest

from keys.limits.addresses import Addresses, Rule, bucket
from keys.limits.refusal import Limited, Which, Whose

NOON = datetime(2030, 1, 1, 12, tzinfo=UTC)
HOME = "203.0.113.7"


@pytest.mark.parametrize(
    ("address", "counted"),
    [
        ("203.0.113.7", "203.0.113.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:DB8:1:2::1", "2001:db8:1:2::/64"),
        ("::ffff:203.0.113.7", "203.0.113.7"),
        ("::1", "::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("", ""),
        ("unix:" + "x" * 500, "unix:" + "x" * 59),
    ],
)
def test_one_customer_is_one_address(address: str, counted: str) -> None:
    assert bucket(address) == counted


def addresses(**rule: object) -> Addresses:
    found = Rule(**rule)  # type: ignore[arg-type] # The tests name what the rule names.
    return Addresses(lambda: found)


def admitted(limits: Addresses, address: str, now: datetime) -> bool:
    try:
        limits.admit(address, now)
    except Limited:
        return False
    return True


def test_an_address_has_its_minute() -> None:
    limits = addresses(per_minute=2)
    assert [admitted(limits, HOME, NOON) for _ in range(3)] == [True, True, False]
    assert admitted(limits, "203.0.113.8", NOON)
    assert admitted(limits, HOME, NOON + timedelta(minutes=1))


def test_neighbours_in_one_ipv6_network_are_one() -> None:
    limits = addresses(per_minute=1)
    assert admitted(limits, "2001:db8::1", NOON)
    assert not admitted(limits, "2001:db8::2", NOON)
    assert admitted(limits, "2001:db8:0:1::2", NOON)


def test_the_later_of_two_limits_is_told() -> None:
    limits = addresses(per_minute=1, per_day=1)
    limits.admit(HOME, NOON)
    with pytest.raises(Limited) as refused:
        limits.admit(HOME, NOON)
    assert (refused.value.which, refused.value.whose) == (Which.DAY, Whose.ADDRESS)
    assert refused.value.reset_at == datetime(2030, 1, 2, tzinfo=UTC)
    assert refused.value.retry_after == 12 * 3600


def test_a_refused_request_does_not_count_for_the_day() -> None:
    limits = addresses(per_minute=1, per_day=2)
    assert [admitted(limits, HOME, NOON) for _ in range(5)].count(True) == 1
    assert admitted(limits, HOME, NOON + timedelta(minutes=2))
    assert not admitted(limits, HOME, NOON + timedelta(minutes=4))


@pytest.mark.parametrize(
    ("network", "address"),
    [
        ("203.0.113.0/24", HOME),
        ("203.0.113.0/24", f"::ffff:{HOME}"),
        ("2001:db8::/32", "2001:db8:5::1"),
    ],
)
def test_networks_on_the_list_are_never_limited(network: str, address: str) -> None:
    limits = addresses(per_minute=1, per_day=1, spared=(ipaddress.ip_network(network),))
    assert all(admitted(limits, address, NOON) for _ in range(5))
    assert [admitted(limits, "198.51.100.1", NOON) for _ in range(2)] == [True, False]


def test_what_is_no_address_shares_one_limit_and_no_exemption() -> None:
    limits = addresses(per_minute=1, spared=(ipaddress.ip_network("0.0.0.0/0"),))
    assert [admitted(limits, "", NOON) for _ in range(2)] == [True, False]


def test_without_a_limit_nothing_is_remembered() -> None:
    limits = addresses()
    assert all(admitted(limits, HOME, NOON) for _ in range(1_000))


def test_a_changed_rule_counts_at_once() -> None:
    rules = [Rule(per_minute=1)]
    limits = Addresses(lambda: rules[-1])
    assert [admitted(limits, HOME, NOON) for _ in range(2)] == [True, False]
    rules.append(Rule(per_minute=2))
    assert [admitted(limits, HOME, NOON) for _ in range(2)] == [True, False]
