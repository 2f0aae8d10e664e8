from __future__ import annotations

import contextlib
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keys import quota
from keys.quota import Balance, Limit, Refused


@pytest.mark.parametrize(
    ("balance", "units", "after"),
    [
        pytest.param(Balance(10), 10, Balance(10, 0, 10), id="all"),
        pytest.param(Balance(10, 4, 3), 3, Balance(10, 4, 6), id="the rest"),
        pytest.param(Balance(10, 10), 0, Balance(10, 10), id="free of charge"),
        pytest.param(Balance(None, 7, 1), 10**9, Balance(None, 7, 10**9 + 1), id="unlimited"),
    ],
)
def test_what_fits_is_reserved(balance: Balance, units: int, after: Balance) -> None:
    assert quota.admit(balance, units) == after


@pytest.mark.parametrize(
    ("balance", "units", "remaining"),
    [
        pytest.param(Balance(10), 11, 10, id="more than the total"),
        pytest.param(Balance(10, 4, 4), 3, 2, id="reserved counts"),
        pytest.param(Balance(0), 1, 0, id="nothing granted"),
    ],
)
def test_what_does_not_fit_is_refused(balance: Balance, units: int, remaining: int) -> None:
    with pytest.raises(Refused) as refused:
        quota.admit(balance, units)
    error = refused.value
    assert (error.limit, error.needed, error.remaining) == (Limit.TOTAL, units, remaining)
    assert error.reset_at is None


@pytest.mark.parametrize(
    ("held", "charged", "after"),
    [
        pytest.param(4, 4, Balance(10, 5, 2), id="charged"),
        pytest.param(4, 0, Balance(10, 1, 2), id="refunded"),
        pytest.param(4, 1, Balance(10, 2, 2), id="in part"),
    ],
)
def test_a_settlement_frees_what_was_held(held: int, charged: int, after: Balance) -> None:
    assert quota.settle(Balance(10, 1, 6), held=held, charged=charged) == after


@pytest.mark.parametrize(("held", "charged"), [(7, 1), (2, 3), (2, -1)])
def test_more_than_was_held_is_never_charged(held: int, charged: int) -> None:
    with pytest.raises(ValueError, match="only what is reserved"):
        quota.settle(Balance(10, 1, 6), held=held, charged=charged)


def test_a_negative_cost_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="never negative"):
        quota.admit(Balance(10), -1)


def test_a_refusal_says_what_is_left_and_when_it_resets() -> None:
    day = datetime(2026, 11, 22, tzinfo=UTC)
    text = str(Refused(Limit.TOTAL, needed=10, remaining=3, reset_at=day))
    assert "costs 10 units and 3 are left" in text
    assert "2026-11-22" in text


def test_a_refusal_names_the_models_that_its_limit_is_for() -> None:
    text = str(Refused(Limit.MODEL_DAILY, needed=10, remaining=3, pattern="*pro*"))
    assert text.endswith("left of the key's model daily quota for `*pro*`.")


@given(
    total=st.none() | st.integers(0, 50),
    steps=st.lists(st.tuples(st.integers(0, 20), st.booleans()), max_size=30),
)
def test_no_sequence_overspends(total: int | None, steps: list[tuple[int, bool]]) -> None:
    balance, open_, charged = Balance(total), list[int](), 0
    for units, settles in steps:
        if settles and open_:
            held = open_.pop(0)
            charged += min(units, held)
            balance = quota.settle(balance, held=held, charged=min(units, held))
        else:
            with contextlib.suppress(Refused):
                balance = quota.admit(balance, units)
                open_.append(units)
        assert balance.used == charged
        assert balance.reserved == sum(open_)
        assert balance.remaining is None or balance.remaining >= 0
    assert balance.net == (total or 0) - charged
