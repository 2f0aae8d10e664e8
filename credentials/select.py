"""Who is next: a choice in constant time among ten thousand, without looking at who rests.

A `Lane` holds the credentials of one provider, for one model or for all. Those in it are either
in order or resting. Whether the one at the front may really serve is asked when it gets there: if
not, it goes to a heap by the time it wakes. So each rest costs one look and two heap steps, and
nobody tells the lanes about health.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Collection, Iterable
from datetime import datetime

from credentials.orders import Order

_WOKEN_AT_ONCE = 64


FreeAt = Callable[[int], datetime | None]
"""From when on a credential may serve this lane; None: not by itself, or it is gone."""


class Lane:
    """`order` must be empty."""

    def __init__(self, free_at: FreeAt, order: Order, *, ids: Iterable[int] = ()) -> None:
        self._free_at = free_at
        self._order = order
        self._heap: list[tuple[datetime, int]] = []
        self._resting: set[int] = set()
        self.held: set[int] = set()
        """Everyone in order or at rest."""
        for id in ids:
            self.admit(id, None)

    def admit(self, id: int, now: datetime | None) -> None:
        """A newcomer, or one whose rest was shortened. Known and awake: nothing happens."""
        if id not in self.held:
            self.held.add(id)
            self._order.add(id)
        elif id in self._resting and now is not None:
            heapq.heappush(self._heap, (now, id))

    def pick(self, now: datetime, exclude: Collection[int]) -> int | None:
        """Whose turn it is; None if nobody that is awake is left."""
        while True:
            self._wake(now)
            id = self._order.peek(exclude)
            if id is None:
                return None
            if self._awake(id, now):
                self._order.took()
                return id

    def awake(self, id: int, now: datetime) -> bool:
        """Whether it may serve, whoever's turn it is."""
        free = self._free_at(id)
        return free is not None and free <= now

    def soonest(self, now: datetime) -> tuple[datetime, int] | None:
        """Who will be awake first, and when: `now` if one is; None if nobody wakes by itself."""
        self._wake(now)
        while (id := self._order.peek(())) is not None:
            if self._awake(id, now):
                return now, id
        while self._heap:
            until, id = self._heap[0]
            if id in self._resting and self._free_at(id) == until:
                return until, id
            heapq.heappop(self._heap)
            if id in self._resting:
                self._rest(id, self._free_at(id))
        return None

    def quiet(self, now: datetime) -> bool:
        """Whether nobody rests here any more."""
        self._wake(now)
        return not self._resting

    def _awake(self, id: int, now: datetime) -> bool:
        """Whether the one at the front may serve; if not, it is laid to rest."""
        free = self._free_at(id)
        if free is not None and free <= now:
            return True
        self._order.drop()
        self._rest(id, free)
        return False

    def _rest(self, id: int, until: datetime | None) -> None:
        if until is None:
            self._resting.discard(id)
            self.held.discard(id)
            return
        self._resting.add(id)
        heapq.heappush(self._heap, (until, id))

    def _wake(self, now: datetime) -> None:
        """A batch at a time: at the daily reset thousands wake at once, and one call would pay."""
        for _ in range(_WOKEN_AT_ONCE):
            if not self._heap or self._heap[0][0] > now:
                return
            _, id = heapq.heappop(self._heap)
            if id in self._resting:
                self._resting.discard(id)
                self._order.add(id)
