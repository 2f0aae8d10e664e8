"""The connections of uvicorn's server, and how long and how large what they send may be.

Of a client that is not done with a request, nothing is known yet: no key and no session. So a
head has a size, and whoever owes a head or a body must send on, or the connection ends.
"""

from __future__ import annotations

import asyncio
import logging
from http import HTTPStatus
from typing import cast

import httptools
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

from gateway.joined import Joined

HEAD = 65_536
"""Bytes of a request line and its headers; also of what trails a body."""
SPAN = 20.0
"""Seconds in which a head comes whole, and of a body at least `LEAST` bytes."""
LEAST = 10_000

_LIVE = b"/auth/logs/stream"

log = logging.getLogger("potluck.wire")


class TooLong(ValueError):
    """A head that came at once and is over its size."""


class Http(HttpToolsProtocol):
    """Opens a websocket at the live log only. To ask for one elsewhere is an ordinary request, and
    whoever is asked says so in its own words: Codex is sent to POST, and is there at once.

    A request that comes in one piece costs no timer: one is set when a client owes something, at
    most one a connection, and looks at what has come since.
    """

    _pending = 0
    """Bytes that have come since a head was whole or a body went on."""
    _moved = 0
    """Bytes of bodies that have come since the timer was set; a whole head counts as `LEAST`."""
    _timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._watch()

    def connection_lost(self, exc: Exception | None) -> None:
        self._unwatch()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        self._unset_keepalive_if_required()
        self._pending += len(data)
        try:
            self.parser.feed_data(data)
        except httptools.HttpParserUpgrade:
            if self._should_upgrade():
                self._unwatch()
                self.handle_websocket_upgrade()
                return
        except httptools.HttpParserError as error:
            self._refuse(431 if isinstance(error.__context__, TooLong) else 400)
            return
        if self._pending > HEAD:
            self._refuse(431)
        elif self._timer is None and self._owed():
            self._watch()

    def on_headers_complete(self) -> None:
        if self._pending > HEAD and _size(self.url, self.headers) > HEAD:
            raise TooLong
        self._pending = 0
        self._moved = LEAST
        before = self.cycle
        super().on_headers_complete()
        if self.cycle is not before:
            self.cycle.transport = cast(asyncio.Transport, Joined(self.transport, self.loop))

    def on_body(self, body: bytes) -> None:
        self._pending = 0
        self._moved += len(body)
        super().on_body(body)

    def on_message_complete(self) -> None:
        self._pending = 0
        self._moved = LEAST
        super().on_message_complete()

    def _owed(self) -> bool:
        """Whether it is the client's turn, and nobody else waits for it."""
        cycle = self._last()
        if cycle is None:
            return True
        if cycle.response_complete:
            return self.timeout_keep_alive_task is None
        return cycle.more_body and not cycle.response_started

    def _last(self) -> RequestResponseCycle | None:
        """The last request whose head was whole; uvicorn leaves out that there may be none."""
        return self.cycle

    def _watch(self) -> None:
        self._moved = 0
        self._timer = self.loop.call_later(SPAN, self._look)

    def _unwatch(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _look(self) -> None:
        self._timer = None
        if self.transport.is_closing() or not self._owed():
            return
        if self._moved >= LEAST or self._held():
            self._watch()
        elif self._last() is None and not self._pending:
            self.transport.close()
        else:
            self._refuse(408)

    def _held(self) -> bool:
        """Whether the client cannot send: nobody reads, or it was not told to go on."""
        cycle = self._last()
        return self.flow.read_paused or (cycle is not None and cycle.waiting_for_100_continue)

    def _refuse(self, status: int) -> None:
        """The last words of a connection; none in the middle of an answer."""
        log.debug("a connection was ended: %s", HTTPStatus(status).phrase)
        cycle = self._last()
        if cycle is None or cycle.response_complete or self._owed():
            self.transport.write(_answer(status))
        self._unwatch()
        # By way of the answer that is under way, whose head may still wait for its body.
        (self.transport if cycle is None else cycle.transport).close()

    def _should_upgrade(self) -> bool:
        live = self.url.partition(b"?")[0] == _LIVE and self.parser.get_method() == b"GET"
        return live and super()._should_upgrade()

    def _unsupported_upgrade_warning(self) -> None:
        """Every start of Codex would be a warning."""


def _size(url: bytes, headers: list[tuple[bytes, bytes]]) -> int:
    return len(url) + sum(len(name) + len(value) + 4 for name, value in headers)


_WORDS = {
    400: "This is no HTTP request.",
    408: "The request did not arrive in time.",
    431: f"The request's head is larger than {HEAD // 1024} KiB.",
}


def _answer(status: int) -> bytes:
    words = _WORDS[status]
    return (
        f"HTTP/1.1 {status} {HTTPStatus(status).phrase}\r\n"
        "content-type: text/plain; charset=utf-8\r\n"
        f"content-length: {len(words)}\r\nconnection: close\r\n\r\n{words}"
    ).encode("ascii")
