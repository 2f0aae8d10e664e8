"""Those who watch a ring: woken when there is something, ended when their session is.

While nobody watches there is no task, and a line costs nothing but its place in the ring.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Collection
from datetime import datetime
from typing import Protocol

from panel.logs.frames import Frames
from panel.logs.ring import Ring

log = logging.getLogger("potluck.livelog")

PACE = 0.5
"""Seconds between two wakings: live enough for a person, and what the log costs is mostly what the
frames cost. After a silence the first line is shown at once."""
EVERY = 2.0
"""Seconds between two looks at the viewers' sessions."""


class Viewer(Protocol):
    @property
    def token(self) -> str:
        """What it came in with; a secret."""
        ...

    @property
    def expires(self) -> datetime:
        """When the token ends, whatever the database says."""
        ...

    def wake(self) -> None: ...

    def end(self) -> None:
        """Its session is over."""
        ...


Over = Callable[[Collection[str]], Awaitable[Collection[str]]]
"""Which of these tokens are good no longer."""


class Hub:
    """One per process; for the event loop's thread, but for `strike`."""

    def __init__(
        self,
        ring: Ring,
        over: Over,
        clock: Callable[[], datetime],
        *,
        pace: float = PACE,
        every: float = EVERY,
    ) -> None:
        self.ring = ring
        self.watched: Callable[[bool], None] = lambda yes: None
        """Called when the first viewer comes (True) and when the last one goes."""
        self.frames = Frames(ring)
        self._over = over
        self._clock = clock
        self._pace = pace
        self._every = every
        self._viewers: set[Viewer] = set()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._guard: asyncio.Task[None] | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._struck = False
        self._woken = 0.0
        self._blind = False

    def __len__(self) -> int:
        return len(self._viewers)

    def join(self, viewer: Viewer) -> None:
        if not self._viewers:
            self._loop = asyncio.get_running_loop()
            self._struck, self._woken = False, 0.0
            self.frames.forget()
            self._guard = self._loop.create_task(self._watch())
            self.ring.bell = self.strike
            self.watched(True)
        self._viewers.add(viewer)

    def leave(self, viewer: Viewer) -> None:
        self._viewers.discard(viewer)
        if not self._viewers and self._guard is not None:
            self.ring.bell = None
            self.watched(False)
            self._guard.cancel()
            self._guard = None
            if self._timer is not None:
                # Beside that of the next viewer it would go on for ever.
                self._timer.cancel()
                self._timer = None

    def strike(self) -> None:
        """There is a new line. From any thread, and often: all but the first do nothing."""
        if self._struck or self._loop is None:
            return
        self._struck = True
        try:
            self._loop.call_soon_threadsafe(self._struck_once)
        except RuntimeError:
            # The loop was closed with its viewers: the process is about to end.
            self.ring.bell = None

    def _struck_once(self) -> None:
        if self._viewers and self._loop is not None and self._timer is None:
            due = max(self._woken + self._pace, self._loop.time())
            self._timer = self._loop.call_at(due, self._wake, self._loop)

    def _wake(self, loop: asyncio.AbstractEventLoop) -> None:
        # First the flag: a line that comes from here on strikes again.
        self._struck = False
        self._timer = None
        self._woken = loop.time()
        self.frames.forget()
        for viewer in self._viewers:
            viewer.wake()

    async def _watch(self) -> None:
        while True:
            await asyncio.sleep(self._every)
            await self.look()

    async def look(self) -> None:
        """Ends those whose session is over. While the database is away only time ends them, an
        hour after the token was made at the latest."""
        over: Collection[str] = ()
        try:
            over = await self._over({viewer.token for viewer in self._viewers})
            self._blind = False
        except Exception as error:
            if not self._blind:
                log.warning("sessions cannot be looked at: %s", type(error).__name__)
            self._blind = True
        now = self._clock()
        for viewer in list(self._viewers):
            if viewer.token in over or viewer.expires <= now:
                viewer.end()
