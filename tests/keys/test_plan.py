from __future__ import annotations

from datetime import UTC, date, datetime

from keys import plan
from keys.daily import Days, Mark, Rules, Tally
from keys.days import window
from keys.plan import Charge, Held, Order, Reserve, Settle
from keys.quota import Balance, Limit, Refused


def test_orders_are_carried_out_one_after_the_other() -> None:
    orders: list[Order] = [
        Reserve("a", 1, 6),
        Reserve("b", 1, 6),
        Settle("a", 1, 6, False),
        Reserve("c", 1, 6),
    ]
    done = plan.work(orders, {1: Balance(10)}, {})
    assert set(done.opened) == {"c"}
    assert set(done.refusals) == {1}
    assert done.balances == {1: Balance(10, 0, 6)}


def test_an_old_reservation_is_deleted_and_charged_once() -> None:
    orders: list[Order] = [Settle("a", 1, 3, True), Settle("a", 1, 3, True)]
    done = plan.work(orders, {1: Balance(10, 1, 3)}, {"a": Held(1, 3)})
    assert done.ended == ("a",)
    assert done.charges == (Charge("a", 1, 3, 6),)
    assert done.unknown == 1
    assert done.balances == {1: Balance(10, 4, 0)}


def test_a_reservation_that_ends_in_its_own_batch_is_never_written() -> None:
    orders: list[Order] = [Reserve("a", 1, 3), Settle("a", 1, 3, True)]
    done = plan.work(orders, {1: Balance(10)}, {})
    assert (done.opened, done.ended) == ({}, ())
    assert done.charges == (Charge("a", 1, 3, 7),)


def test_a_refund_is_no_entry() -> None:
    done = plan.work([Settle("a", 1, 3, False)], {1: Balance(10, 0, 3)}, {"a": Held(1, 3)})
    assert done.charges == ()
    assert done.balances == {1: Balance(10)}


def test_what_comes_out_even_is_not_written() -> None:
    orders: list[Order] = [Reserve("a", 1, 3), Settle("a", 1, 0, False)]
    assert plan.work(orders, {1: Balance(10)}, {}).balances == {}


def test_no_more_is_charged_than_was_reserved() -> None:
    done = plan.work([Settle("a", 1, 99, True)], {1: Balance(10, 0, 3)}, {"a": Held(1, 3)})
    assert done.balances == {1: Balance(10, 3, 0)}


def test_a_key_that_is_gone_refuses() -> None:
    refusal = plan.work([Reserve("a", 9, 1)], {}, {}).refusals[0]
    assert isinstance(refusal, Refused)
    assert refusal.limit is Limit.KEY


def test_a_request_reserves_once() -> None:
    done = plan.work([Reserve("a", 1, 1), Reserve("a", 1, 1)], {1: Balance(10)}, {})
    assert isinstance(done.refusals[1], ValueError)
    assert done.balances == {1: Balance(10, 0, 1)}


def test_a_settlement_in_the_name_of_another_key_does_nothing() -> None:
    balances = {1: Balance(10, 0, 3), 2: Balance(10, 0, 3)}
    done = plan.work([Settle("a", 2, 3, True)], balances, {"a": Held(1, 3)})
    assert (done.balances, done.unknown) == ({}, 1)


def test_a_day_that_refuses_leaves_the_total_alone() -> None:
    today = date(2026, 11, 21)
    rules = {1: Rules(5, (), window(datetime(2026, 11, 21, tzinfo=UTC), UTC))}
    orders: list[Order] = [Reserve("a", 1, 4), Reserve("b", 1, 2), Settle("a", 1, 4, True)]
    done = plan.work(orders, {1: Balance(10)}, {}, Days(rules))
    refusal = done.refusals[1]
    assert isinstance(refusal, Refused)
    assert refusal.limit is Limit.DAILY
    assert (done.balances, done.days) == ({1: Balance(10, 4, 0)}, {(1, today, ""): Tally(4, 0)})
    assert done.charges == (Charge("a", 1, 4, 6, Mark(today)),)


def test_who_reserved_something_is_named() -> None:
    orders: list[Order] = [Reserve("a", 1, 1), Settle("a", 1, 1, False), Reserve("b", 2, 99)]
    done = plan.work(orders, {1: Balance(10), 2: Balance(10)}, {})
    assert done.users == {1}
