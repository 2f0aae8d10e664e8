"""What may be some seconds old is made once for all who ask in that time."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Generic, TypeVar

T = TypeVar("T")


class Memo(Generic[T]):
    """Of few names. While one thread makes a value, others wait for it instead of making it too."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._lock = threading.Lock()
        self._held: dict[str, tuple[float, T]] = {}

    def get(self, name: str, now: float, make: Callable[[], T]) -> T:
        """`now` is seconds of any clock that only goes forward."""
        with self._lock:
            found = self._held.get(name)
            if found is None or not 0 <= now - found[0] < self._seconds:
                found = self._held[name] = (now, make())
            return found[1]

    def clear(self) -> None:
        with self._lock:
            self._held.clear()
