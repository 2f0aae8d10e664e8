"""Processes whose live logs are connected, without their gateways."""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager
from datetime import timedelta

from keys.limits.wire import connect
from panel.logs.exchange import Exchange
from panel.logs.hub import Hub
from panel.logs.ring import Ring
from tests.keys.limits.stage import PROBES, URL, eventually
from tests.support.rooms import NOW


class Viewer:
    token = "in"
    expires = NOW + timedelta(hours=1)

    def wake(self) -> None:
        """It looks at the ring itself."""

    def end(self) -> None:
        """Nobody ends it."""


class Process:
    """A hub, its ring and what connects it with others."""

    def __init__(self, name: str, channel: str, url: str = URL, size: int = 300) -> None:
        self.ring = Ring(str, run=name, size=size)
        self.hub = Hub(self.ring, _nobody, lambda: NOW, every=3_600)
        self.exchange = Exchange(
            self.hub, connect(url), channel, name, pace=0.01, look=0.02, patience=0.2, pauses=PROBES
        )
        self.viewer = Viewer()

    def say(self, *texts: str) -> None:
        for text in texts:
            self.ring.append(0.0, 20, "test", text)

    @asynccontextmanager
    async def running(self) -> AsyncIterator[Process]:
        self.exchange.start()
        try:
            yield self
        finally:
            self.hub.leave(self.viewer)
            await self.exchange.close()

    async def watch(self) -> None:
        self.hub.join(self.viewer)
        await eventually(lambda: self.exchange.hearing)

    def seen(self) -> list[str]:
        entries = self.ring.after(0).entries
        return [f"{self.ring.line(each).process} {self.ring.line(each).text}" for each in entries]


async def _nobody(tokens: Collection[str]) -> Collection[str]:
    return ()
