"""How each API key is to be treated, for as many requests as a test says."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field

from gateway.simulator import faults
from gateway.simulator.faults import Order
from gateway.simulator.reply import Reply


@dataclass(slots=True)
class Treatment:
    """`left` is the number of requests it still holds for; None means for ever."""

    name: str
    what: Order | Reply
    left: int | None = None


@dataclass(slots=True)
class Behaviours:
    """Set from any thread, taken by the server's."""

    _by_key: dict[str, Treatment] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def order(self, key: str, behaviour: str, times: int | None = None) -> None:
        """`behaviour` as in docs/simulator.md ("429-minute", "cut"), "" for none.

        Raises UnknownOrder.
        """
        if not behaviour:
            self.forget(key)
            return
        self._set(key, Treatment(behaviour, faults.parse(behaviour.removeprefix("sim-")), times))

    def replay(self, key: str, reply: Reply, times: int | None = None) -> None:
        """Every request with `key` gets exactly `reply`."""
        self._set(key, Treatment("replay", reply, times))

    def forget(self, key: str) -> None:
        with self._lock:
            self._by_key.pop(key, None)

    def clear(self) -> None:
        with self._lock:
            self._by_key.clear()

    def take(self, key: str) -> Treatment | None:
        """The treatment of one request, counted off."""
        with self._lock:
            found = self._by_key.get(key)
            if found is not None and found.left is not None:
                found.left -= 1
                if found.left <= 0:
                    del self._by_key[key]
            return found

    def listing(self) -> dict[str, dict[str, str | int | None]]:
        with self._lock:
            return {k: {"behaviour": t.name, "times": t.left} for k, t in self._by_key.items()}

    def _set(self, key: str, treatment: Treatment) -> None:
        with self._lock:
            if treatment.left == 0:
                self._by_key.pop(key, None)
            else:
                self._by_key[key] = treatment
