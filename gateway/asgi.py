"""The ASGI entry: the model API goes to the proxy, everything else to Django."""

from __future__ import annotations

import os
from typing import Any, cast

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gateway.settings")

from django.core.asgi import get_asgi_application

django = get_asgi_application()

from gateway.runtime import Runtime
from proxy import paths
from proxy.http import Receive, Scope, Send


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
                await django(dict(scope), receive, cast(Any, send))
            case "lifespan":
                await self._lifespan(receive, send)
            case _:
                await send({"type": "websocket.close", "code": 4404})

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
