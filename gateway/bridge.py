"""The gateway that runs in this process, as the console's pages reach it from their threads."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Collection, Coroutine
from concurrent.futures import CancelledError, Future
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from credentials.caps import Calendar
from credentials.probing import Probes
from credentials.upkeep import Upkeep
from credentials.web import Web
from gateway import __version__, routing
from keys.ledger import LedgerDown
from panel.bridge import ModelRow, NotRunning, Resolution, Vitals
from proxy.call import Call
from proxy.services import Services

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Parts:
    """What is behind it. `calls` are those under way."""

    services: Services
    probes: Probes
    upkeep: Upkeep
    web: Web
    calendar: Callable[[], Calendar]
    calls: Collection[Call]
    processes: int


class Bridge:
    """`panel.bridge.Gateway`. Made on the event loop's thread, which may not `wait`."""

    def __init__(self, parts: Parts, started_at: datetime) -> None:
        self._parts = parts
        self._started_at = started_at
        self._loop = asyncio.get_running_loop()
        self._thread = threading.get_ident()
        self._lock = threading.Lock()
        self._waiting: set[Future[Any]] = set()
        self._open = True

    @property
    def probes(self) -> Probes:
        return self._parts.probes

    @property
    def upkeep(self) -> Upkeep:
        return self._parts.upkeep

    @property
    def web(self) -> Web:
        return self._parts.web

    @property
    def calendar(self) -> Calendar:
        return self._parts.calendar()

    def wait(self, work: Coroutine[Any, Any, T], seconds: float = 60.0) -> T:
        """Raises TimeoutError, after which `work` is cancelled; NotRunning when the gateway stops
        meanwhile."""
        if threading.get_ident() == self._thread:
            work.close()
            raise RuntimeError("The event loop cannot wait for itself: await it.")
        future = self._sent(work)
        try:
            return future.result(seconds)
        except CancelledError:
            raise NotRunning from None
        finally:
            future.cancel()
            self._waiting.discard(future)

    def vitals(self) -> Vitals:
        # One step of the interpreter: the loop's thread changes it all the time.
        calls = tuple(self._parts.calls)
        streams = sum(call.stream and call.begun for call in calls)
        return Vitals(__version__, self._started_at, len(calls), streams, self._parts.processes)

    def models(self) -> list[ModelRow]:
        services = self._parts.services
        return routing.rows(services, self.wait(routing.offered(services)))

    def resolve(self, name: str) -> Resolution:
        return routing.resolve(self._parts.services, name)

    def settle(self) -> None:
        with suppress(LedgerDown):
            self.wait(self._parts.services.ledger.flush(), 1.0)

    def visit(self, address: str) -> None:
        services = self._parts.services
        self.wait(services.limits.visit(address, services.clock()), 2.0)

    def close(self) -> None:
        """Nobody waits for a loop that ends."""
        with self._lock:
            self._open = False
            waiting = tuple(self._waiting)
        for future in waiting:
            future.cancel()

    def _sent(self, work: Coroutine[Any, Any, T]) -> Future[T]:
        with self._lock:
            if not self._open or self._loop.is_closed():
                work.close()
                raise NotRunning
            future = asyncio.run_coroutine_threadsafe(work, self._loop)
            self._waiting.add(future)
            return future
