"""The body of a console's request on its way to Django, no further than `panel.threshold` allows.

Everybody's forms pass. With what is larger, the sender is asked for first; whoever may not send it
is told so in Django's place, and for Django the client has left.
"""

from __future__ import annotations

from io import BytesIO
from typing import cast

from asgiref.sync import sync_to_async
from django.core.handlers.asgi import ASGIRequest
from django.http import HttpRequest, HttpResponse

from gateway import headers
from panel import threshold
from proxy.http import Message, Receive, Scope, Send, linger

_GONE = {"type": "http.disconnect"}


class Sluice:
    """A `receive` for one request."""

    def __init__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self._scope = scope
        self._receive = receive
        self._send = send
        self._announced = _announced(scope)
        self._read = 0
        self._more = True
        self._verdict = threshold.Verdict(threshold.FORM)
        self._asked = False

    async def __call__(self) -> Message:
        if not await self._fits(self._announced):
            return dict(_GONE)
        message = await self._receive()
        self._read += len(message.get("body") or b"")
        self._more = bool(message.get("more_body"))
        return message if await self._fits(self._read) else dict(_GONE)

    async def _fits(self, size: int) -> bool:
        """Whether so many bytes may come; otherwise the client has its answer."""
        if size <= self._verdict.limit:
            return True
        request = _headed(self._scope)
        if not self._asked:
            self._asked = True
            self._verdict = await sync_to_async(threshold.ask)(request)
        if size <= self._verdict.limit:
            return True
        refusal = self._verdict.refusal or threshold.too_large(request, self._verdict.limit)
        await self._refuse(headers.middleware(lambda _: refusal)(request))
        return False

    async def _refuse(self, response: HttpResponse) -> None:
        body = response.content
        response["Content-Length"], response["Connection"] = str(len(body)), "close"
        sent = [(name.lower().encode(), text.encode("latin-1")) for name, text in response.items()]
        start = {"type": "http.response.start", "status": response.status_code, "headers": sent}
        await self._send(start)
        await self._send({"type": "http.response.body", "body": body, "more_body": True})
        if self._more:
            await linger(self._receive)
        await self._send({"type": "http.response.body", "body": b""})


def _announced(scope: Scope) -> int:
    lengths = [value for name, value in scope["headers"] if name == b"content-length"]
    return int(lengths[0][:20]) if lengths and lengths[0].isdigit() else 0


def _headed(scope: Scope) -> HttpRequest:
    """A request without its body, and without its query, which need not be text."""
    return cast(HttpRequest, ASGIRequest({**scope, "query_string": b""}, BytesIO()))
