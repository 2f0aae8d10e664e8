"""The strategies: in which order credentials that are awake take their turns."""

from __future__ import annotations

import enum
import heapq
from collections import deque
from collections.abc import Callable, Collection
from datetime import date
from typing import NamedTuple, Protocol, assert_never

_CORRECTED = 32
"""How many outdated counts one choice of `LeastUsed` puts right, so that none takes long."""


class Strategy(enum.StrEnum):
    ROTATION = "rotation"
    ROUND_ROBIN = "round-robin"
    WEIGHTED = "weighted"
    FILL_FIRST = "fill-first"
    LEAST_USED = "least-used"


class Facts(NamedTuple):
    """What an order may ask. `turn`: calls in a row; `used`: the day a credential was last
    counted on, and its calls on it."""

    turn: Callable[[], int]
    weight: Callable[[int], int]
    used: Callable[[int], tuple[date, int]]


class Order(Protocol):
    """Holds the ids that are awake, as far as anybody has looked."""

    def add(self, id: int) -> None: ...

    def peek(self, exclude: Collection[int]) -> int | None:
        """Whose turn it is, in O(len(exclude) * log n) at most; None if there is nobody else."""
        ...

    def drop(self) -> None:
        """Takes out the one just seen."""
        ...

    def took(self) -> None:
        """The one just seen serves a call."""
        ...

    def __len__(self) -> int: ...


def order(strategy: Strategy, facts: Facts) -> Order:
    match strategy:
        case Strategy.ROTATION:
            return Rotation(facts)
        case Strategy.ROUND_ROBIN:
            return Rotation(facts._replace(turn=lambda: 1, weight=lambda id: 1))
        case Strategy.WEIGHTED:
            return Weighted(facts)
        case Strategy.FILL_FIRST:
            return FillFirst(facts)
        case Strategy.LEAST_USED:
            return LeastUsed(facts)
        case other:
            assert_never(other)


class Rotation:
    """The same credential for a turn of calls, times its weight, then the next one."""

    def __init__(self, facts: Facts) -> None:
        self._facts = facts
        self._ids: deque[int] = deque()
        self._used = 0

    def __len__(self) -> int:
        return len(self._ids)

    def add(self, id: int) -> None:
        self._ids.append(id)

    def peek(self, exclude: Collection[int]) -> int | None:
        for _ in range(len(self._ids)):
            if self._ids[0] not in exclude:
                return self._ids[0]
            self._next()
        return None

    def drop(self) -> None:
        self._ids.popleft()
        self._used = 0

    def took(self) -> None:
        self._used += 1
        if self._used >= self._facts.turn() * self._facts.weight(self._ids[0]):
            self._next()

    def _next(self) -> None:
        self._ids.rotate(-1)
        self._used = 0


Key = tuple[float, float]


class _Heaped:
    """The lowest key first. The one seen last is in hand, outside the heap, until it is dropped or
    the next one is looked for."""

    def __init__(self, facts: Facts) -> None:
        self._facts = facts
        self._heap: list[tuple[Key, int]] = []
        self._hand: int | None = None

    def __len__(self) -> int:
        return len(self._heap) + (self._hand is not None)

    def add(self, id: int) -> None:
        heapq.heappush(self._heap, (self._key(id), id))

    def peek(self, exclude: Collection[int]) -> int | None:
        if self._hand is not None:
            self.add(self._hand)
            self._hand = None
        self._correct()
        passed = []
        while self._heap and self._heap[0][1] in exclude:
            passed.append(heapq.heappop(self._heap))
        if self._heap:
            self._hand = heapq.heappop(self._heap)[1]
        for entry in passed:
            heapq.heappush(self._heap, entry)
        return self._hand

    def drop(self) -> None:
        self._hand = None

    def took(self) -> None:
        return

    def _correct(self) -> None:
        return

    def _key(self, id: int) -> Key:
        raise NotImplementedError


class FillFirst(_Heaped):
    """The heaviest for as long as it may serve, then the next; of equals the oldest."""

    def _key(self, id: int) -> Key:
        return -self._facts.weight(id), id


class LeastUsed(_Heaped):
    """The fewest calls today, in proportion to weight.

    Counts that changed elsewhere (another model's lane, another process, a new day) are put right
    when they come to the top, a few at a time.
    """

    def _correct(self) -> None:
        for _ in range(min(_CORRECTED, len(self._heap))):
            old, id = self._heap[0]
            new = self._key(id)
            if new == old:
                return
            heapq.heapreplace(self._heap, (new, id))

    def _key(self, id: int) -> Key:
        day, calls = self._facts.used(id)
        return day.toordinal(), calls / self._facts.weight(id)


class Weighted(_Heaped):
    """Calls in proportion to weight, evenly spread (stride scheduling)."""

    def __init__(self, facts: Facts) -> None:
        super().__init__(facts)
        self._passes: dict[int, float] = {}
        self._now = 0.0

    def took(self) -> None:
        if self._hand is not None:
            self._now = self._passes[self._hand]
            self._passes[self._hand] += 1 / self._facts.weight(self._hand)

    def _key(self, id: int) -> Key:
        # Who comes back has no claim to the turns that it missed.
        own = self._passes.get(id, self._now)
        if id != self._hand:
            own = max(own, self._now)
        self._passes[id] = own
        return own, id
