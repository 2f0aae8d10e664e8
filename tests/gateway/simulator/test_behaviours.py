"""Orders per key are counted off."""

from __future__ import annotations

import pytest

from gateway.simulator.behaviours import Behaviours
from gateway.simulator.faults import Order, Refusal, UnknownOrder
from gateway.simulator.reply import whole


def test_an_order_is_taken_as_often_as_it_says() -> None:
    behaviours = Behaviours()
    behaviours.order("k", "sim-429-day", 2)
    taken = [behaviours.take("k") for _ in range(3)]
    assert [t.what if t else None for t in taken] == [Order(Refusal.DAY), Order(Refusal.DAY), None]


def test_an_order_without_a_number_stays() -> None:
    behaviours = Behaviours()
    behaviours.order("k", "cut")
    assert all(behaviours.take("k") for _ in range(10))
    assert behaviours.listing() == {"k": {"behaviour": "cut", "times": None}}


@pytest.mark.parametrize(("behaviour", "times"), [("", None), ("cut", 0)])
def test_nothing_is_an_order_to_behave(behaviour: str, times: int | None) -> None:
    behaviours = Behaviours()
    behaviours.replay("k", whole({}))
    behaviours.order("k", behaviour, times)
    assert behaviours.take("k") is None


def test_a_misspelt_order_is_refused() -> None:
    with pytest.raises(UnknownOrder, match="429-minute"):
        Behaviours().order("k", "429-minutes")
