"""What a batch of orders does to balances, worked out in memory before anything is written. Pure.

The caller holds the locks of every key in the batch, so what is decided here is what is written.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import assert_never

import msgspec

from keys import quota
from keys.daily import UNMARKED, Days, Mark, Slot, Tally
from keys.quota import Balance, Limit, Refused


class Reserve(msgspec.Struct, frozen=True):
    """Hold `units` of a key for a request to `model`."""

    request_id: str
    key_id: int
    units: int
    model: str = ""


class Settle(msgspec.Struct, frozen=True):
    """End a request's reservation; `units` of it are charged, or none of it."""

    request_id: str
    key_id: int
    units: int
    charge: bool


Order = Reserve | Settle


class Held(msgspec.Struct, frozen=True):
    """A reservation as it stands in the database; `mark` is where in its days."""

    key_id: int
    units: int
    mark: Mark = UNMARKED


class Charge(msgspec.Struct, frozen=True):
    """One ledger entry; `balance` is the key's balance after it."""

    request_id: str
    key_id: int
    units: int
    balance: int
    mark: Mark = UNMARKED


class Plan(msgspec.Struct, frozen=True):
    """What is to be written. `refusals` maps the place of an order in the batch to its answer;
    `users` are the keys that reserved something."""

    balances: Mapping[int, Balance]
    days: Mapping[Slot, Tally]
    opened: Mapping[str, Held]
    ended: tuple[str, ...]
    charges: tuple[Charge, ...]
    refusals: Mapping[int, Exception]
    users: frozenset[int]
    marked: bool
    """Something of it may count on a day."""
    unknown: int
    """Settlements without a reservation: settled before, or swept after they expired."""


def work(
    orders: Iterable[Order],
    balances: Mapping[int, Balance],
    held: Mapping[str, Held],
    days: Days | None = None,
) -> Plan:
    """Applies `orders` one after the other. `held` has every reservation that they may end,
    `days` every row of a day that they may touch (None: there is none)."""
    books = _Books(balances, held, days)
    for place, order in enumerate(orders):
        match order:
            case Reserve():
                books.reserve(place, order)
            case Settle():
                books.settle(order)
            case other:
                assert_never(other)
    return books.close(balances)


class _Books:
    """The state between two orders of one batch."""

    def __init__(
        self, balances: Mapping[int, Balance], held: Mapping[str, Held], days: Days | None
    ) -> None:
        self._balances = dict(balances)
        self._held = dict(held)
        self._days = days
        self._opened: dict[str, Held] = {}
        self._users: set[int] = set()
        self._ended: list[str] = []
        self._charges: list[Charge] = []
        self._refusals: dict[int, Exception] = {}
        self._unknown = 0

    def reserve(self, place: int, order: Reserve) -> None:
        try:
            balance = self._admit(order)
            mark = UNMARKED
            if self._days is not None:
                mark = self._days.admit(order.key_id, order.units, order.model)
        except (Refused, ValueError) as refusal:
            self._refusals[place] = refusal
        else:
            self._balances[order.key_id] = balance
            self._opened[order.request_id] = Held(order.key_id, order.units, mark)
            self._users.add(order.key_id)

    def _admit(self, order: Reserve) -> Balance:
        if order.request_id in self._opened or order.request_id in self._held:
            raise ValueError("a request reserves once")
        balance = self._balances.get(order.key_id)
        if balance is None:
            raise Refused(Limit.KEY, needed=order.units, remaining=0)
        return quota.admit(balance, order.units)

    def settle(self, order: Settle) -> None:
        held = self._end(order)
        balance = self._balances.get(order.key_id)
        if held is None or balance is None:
            self._unknown += 1
            return
        # What was reserved was admitted; more than that was not.
        charged = max(0, min(order.units, held.units)) if order.charge else 0
        balance = quota.settle(balance, held=held.units, charged=charged)
        self._balances[order.key_id] = balance
        if self._days is not None:
            self._days.settle(order.key_id, held.mark, held=held.units, charged=charged)
        if charged:
            self._charges.append(
                Charge(order.request_id, order.key_id, charged, balance.net, held.mark)
            )

    def _end(self, order: Settle) -> Held | None:
        """What the request holds, which it then no longer does."""
        if (fresh := self._opened.get(order.request_id)) and fresh.key_id == order.key_id:
            return self._opened.pop(order.request_id)
        if (old := self._held.get(order.request_id)) and old.key_id == order.key_id:
            self._ended.append(order.request_id)
            return self._held.pop(order.request_id)
        return None

    def close(self, before: Mapping[int, Balance]) -> Plan:
        return Plan(
            balances={
                key: balance for key, balance in self._balances.items() if balance != before[key]
            },
            days=self._days.changed() if self._days is not None else {},
            opened=self._opened,
            ended=tuple(self._ended),
            charges=tuple(self._charges),
            refusals=self._refusals,
            users=frozenset(self._users),
            marked=self._days is not None,
            unknown=self._unknown,
        )
