"""`WS /auth/logs/stream`: the log as it grows, for the administrator.

The server speaks first: `{"run", "process", "processes", "relayed", "lines": [], "skipped": 0,
"last"}`, and says it again whenever a viewer has changed what it wants. Then come frames `{"lines":
[{"seq", "at", "level", "logger", "text", "request"?, "process"?}], "skipped": n, "last"}`, about
two a second; where the lines of several processes come together (`relayed`), each says whose it is.
`skipped` lines went by while the viewer was too slow or away, and with `run` and `last` as `after`
it goes on where it was. What a viewer may say is `wanted.Asked`.
"""

from __future__ import annotations

import asyncio
import logging
import os
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any, ClassVar

import msgspec
from channels.generic.websocket import AsyncWebsocketConsumer
from django.conf import settings
from django.utils import timezone

from panel.logs import entry, wanted
from panel.logs.frames import Frame
from panel.logs.handler import ring
from panel.logs.hub import Hub
from panel.logs.wanted import Asked, Wanted, Wrong

log = logging.getLogger("potluck.livelog")

PATH = "/auth/logs/stream"

BAD, UNKNOWN, FOREIGN, MISTAKE, FULL = 4400, 4401, 4403, 1011, 1013
"""Codes of a close; a reason stands beside each."""

PATIENCE = 5.0
"""Seconds for a first message with a token."""
VIEWERS = 64
WAITING = 64
"""Who has not said who it is."""

_LONGEST = 8_192
_OVER = "The session is over. Log in again."
_HOW = "Send the panel's cookie, a token as Authorization: Bearer, or {token} as first message."


class Refused(Exception):
    """The socket is closed with this code and reason."""

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(reason)
        self.code = code
        # A close frame holds 123 bytes of it.
        self.reason = reason.encode()[:120].decode(errors="ignore")


hub = Hub(ring, entry.over, timezone.now)


class Stream(AsyncWebsocketConsumer):  # type: ignore[misc]
    """One viewer. Two tasks: the one of Channels hears it, `_live` speaks to it."""

    hub: ClassVar[Hub] = hub
    patience: ClassVar[float] = PATIENCE
    waiting: ClassVar[int] = 0

    def __init__(self) -> None:
        super().__init__()
        self.token = ""
        self.expires = datetime.max.replace(tzinfo=UTC)
        self._wanted = Wanted()
        self._seq = 0
        self._greet = True
        self._over = False
        self._known = False
        self._news = asyncio.Event()
        self._said_who = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        try:
            await super().__call__(scope, receive, send)
        finally:
            # However it ended: the client left, the server stops, a mistake.
            await self._stop()

    async def connect(self) -> None:
        # Before it is accepted a browser would see neither code nor reason.
        await self.accept()
        self._task = asyncio.get_running_loop().create_task(self._live())

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        if text_data is None or len(text_data) > _LONGEST:
            await self.close(BAD, f"Send JSON as text, at most {_LONGEST} characters.")
            return
        try:
            asked = wanted.message(text_data)
        except Wrong as error:
            await self.close(BAD, Refused(BAD, str(error)).reason)
        else:
            await self._hear(asked)

    def wake(self) -> None:
        self._news.set()

    def end(self) -> None:
        self._over = True
        self._news.set()

    async def _hear(self, asked: Asked) -> None:
        if not self._known and not self.token:
            self.token = asked.token
            self._said_who.set()
        if asked.ping is not None and self._known:
            await self.send(text_data=f'{{"pong":{asked.ping},"last":{self._seq}}}')
        if asked.filters:
            self._turn(asked)

    def _turn(self, asked: Asked) -> None:
        """Wants other lines from now on, and those of them that are still there."""
        self._wanted = wanted.changed(self._wanted, asked)
        ours = asked.run in ("", self.hub.ring.run)
        self._seq = (asked.after or 0) if ours else 0
        self._greet = True
        self._news.set()

    async def _live(self) -> None:
        try:
            await self._enter()
            await self._show()
        except Refused as refused:
            with suppress(OSError):
                await self.close(refused.code, refused.reason)
        except OSError:
            # The client left in the middle of a frame; Channels hears of it too.
            return
        except Exception:
            log.exception("a viewer of the live log was lost")
            with suppress(OSError):
                await self.close(MISTAKE, "The gateway made a mistake; its log says which.")
        finally:
            self.hub.leave(self)

    async def _enter(self) -> None:
        """Raises Refused."""
        if entry.foreign(self.scope):
            raise Refused(FOREIGN, "This page is not of this site (Origin).")
        try:
            asked = wanted.address(entry.query(self.scope))
        except Wrong as error:
            raise Refused(BAD, str(error)) from None
        if asked.filters:
            self._turn(asked)
        self.token = self.token or entry.token(self.scope)
        if not self.token:
            await self._introduced()
        session = await entry.find(self.token) if self.token else None
        if session is None:
            raise Refused(UNKNOWN, _OVER if self.token else _HOW)
        if len(self.hub) >= VIEWERS:
            raise Refused(FULL, f"{VIEWERS} viewers watch already. Close one of them.")
        self.expires, self._known = session.expires, True
        self.hub.join(self)

    async def _introduced(self) -> None:
        if Stream.waiting >= WAITING:
            raise Refused(FULL, "Too many wait to say who they are. Try again in a moment.")
        Stream.waiting += 1
        try:
            async with asyncio.timeout(self.patience):
                await self._said_who.wait()
        except TimeoutError:
            raise Refused(UNKNOWN, _HOW) from None
        finally:
            Stream.waiting -= 1

    async def _show(self) -> None:
        """Frame after frame, until the session is over. Raises Refused."""
        while True:
            self._news.clear()
            if self._over:
                raise Refused(UNKNOWN, _OVER)
            frame = self._frame()
            if frame.text:
                # A viewer that reads slowly is waited for here, while the ring goes on.
                await self.send(text_data=frame.text)
            if not frame.more:
                await self._news.wait()
            # A long replay lets others come in between.
            await asyncio.sleep(0)

    def _frame(self) -> Frame:
        if self._greet:
            self._greet = False
            return Frame(self._greeting(), self._seq, more=True)
        frame = self.hub.frames.next(self._wanted, self._seq)
        self._seq = frame.last
        return frame

    def _greeting(self) -> str:
        ring = self.hub.ring
        hello = {
            "run": ring.run,
            "process": os.getpid(),
            "processes": settings.POTLUCK.workers,
            "relayed": bool(ring.process),
            "lines": [],
            "skipped": 0,
            "last": self._seq,
        }
        return msgspec.json.encode(hello).decode()

    async def _stop(self) -> None:
        task, self._task = self._task, None
        if task is not None:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
