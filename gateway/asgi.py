"""The ASGI entry: the model API goes to the proxy, the live log's websocket to its consumer,
everything else to Django."""

from __future__ import annotations

import logging
import os
from functools import partial
from time import time
from typing import Any, cast

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gateway.settings")

from django.core.asgi import get_asgi_application

django = get_asgi_application()

from gateway.runtime import Runtime
from gateway.sluice import Sluice
from panel.logs import consumer, handler
from proxy import paths
from proxy.call import Call
from proxy.http import Receive, Scope, Send
from proxy.stages import transcript

log = logging.getLogger("potluck.runtime")

live = consumer.Stream.as_asgi()


def _tell(call: Call, now: float) -> None:
    """The live log has every request, put into words only if somebody looks."""
    said = partial(transcript.words, call, now)
    handler.hear(time(), call.id, transcript.failed(call), said)


transcript.ear = _tell


class Gateway:
    """Starts its runtime with the server's lifespan, or with the first request without one."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        match scope["type"]:
            case "http" if paths.claims(scope["path"]):
                door = self._runtime.door or await self._runtime.start()
                await door(scope, receive, send)
            case "http":
                await self._page(scope, receive, send)
            case "lifespan":
                await self._lifespan(receive, send)
            case "websocket" if scope["path"] == consumer.PATH:
                await live(scope, receive, send)
            case _:
                await send({"type": "websocket.close", "code": 4404})

    async def _page(self, scope: Scope, receive: Receive, send: Send) -> None:
        if self._runtime.door is None:
            await self._woken()
        await django(dict(scope), Sluice(scope, receive, send), cast(Any, send))

    async def _woken(self) -> None:
        """A server without lifespan: pages need the gateway behind them, too. Without it they are
        shown as well, and say so where they miss it."""
        try:
            await self._runtime.start()
        except Exception:
            log.exception("the gateway could not be started for a page")

    async def _lifespan(self, receive: Receive, send: Send) -> None:
        await receive()
        try:
            await self._runtime.start()
        except Exception as error:
            # The server prints only this sentence, and ends.
            await send({"type": "lifespan.startup.failed", "message": f"{error}"})
            raise
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await self._runtime.stop()
        await send({"type": "lifespan.shutdown.complete"})


application = Gateway(Runtime())
