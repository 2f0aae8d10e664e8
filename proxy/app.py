"""The door: every model API request comes in here and leaves with an answer or a clear error."""

from __future__ import annotations

import logging
import math
import random
import secrets
from datetime import datetime

import msgspec

from proxy import books, paths
from proxy.call import Call
from proxy.errors import ErrorKind, GatewayError
from proxy.http import (
    CLOSING,
    PREFLIGHT,
    Receive,
    Responder,
    Scope,
    Send,
    bodiless,
    encoded,
    headers_of,
    query_of,
)
from proxy.images.links import PREFIX as MEDIA
from proxy.images.serve import MISSING
from proxy.ir import Dialect
from proxy.operation import Hints
from proxy.reasons import HEADER
from proxy.registry import BY_DIALECT
from proxy.relay import PREFIX as RELAYED
from proxy.relay import Relay, Visitor
from proxy.services import Services
from proxy.visit import Visit
from proxy.voice import dropped

log = logging.getLogger("potluck.proxy")

# Request ids must be unique, not secret: asking the kernel for each would give up the
# interpreter's lock in the middle of a request.
_bits = random.Random(secrets.randbits(256)).getrandbits  # noqa: S311

_encode = msgspec.json.Encoder().encode


class Door:
    """An ASGI application for the paths that `paths.claims`. `calls` are those under way."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self.calls: set[Call] = set()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["method"] == "OPTIONS":
            await _preflight(send)
            return
        if scope["path"].startswith(MEDIA):
            await self._media(scope, send)
            return
        if (relay := self._services.relay) is not None and scope["path"].startswith(RELAYED):
            await self._relayed(relay, scope, receive, send)
            return
        if scope["method"] == "HEAD":
            send = bodiless(send)
        headers, query = headers_of(scope), query_of(scope)
        hints = Hints("anthropic-version" in headers, "x-goog-api-key" in headers or "key" in query)
        call = self._call(scope, headers)
        responder = Responder(send, call.id)
        self.calls.add(call)
        try:
            call.operation = paths.match(scope["method"], scope["path"], query, hints)
            visit = Visit(self._services, call, headers, query)
            await visit.run(receive, responder)
        except GatewayError as error:
            dialect = call.operation.dialect if call.operation else None
            dialect = dialect or paths.dialect_of(scope["path"], hints)
            await _refuse(responder, call, error, dialect, receive)
        except Exception:
            if responder.started:
                # The server closes the connection, so that nobody takes the answer for whole.
                raise
            log.exception("request %s failed", call.id)
            dialect = call.operation.dialect if call.operation else Dialect.OPENAI_CHAT
            await _refuse(responder, call, _mistake(call), dialect, receive)
        finally:
            self._close(call)

    async def _media(self, scope: Scope, send: Send) -> None:
        """A picture: whoever has its link may look."""
        gallery = self._services.gallery
        looking = scope["method"] in ("GET", "HEAD") and gallery is not None
        answer = await gallery.answer(scope["path"]) if looking and gallery else MISSING
        head = {"type": "http.response.start", "status": answer.status, "headers": answer.headers}
        await send(head)
        body = b"" if scope["method"] == "HEAD" else answer.body
        await send({"type": "http.response.body", "body": body})

    async def _relayed(self, relay: Relay, scope: Scope, receive: Receive, send: Send) -> None:
        """The caller's business with somebody else: no key of ours, no units, no books."""
        call = self._call(scope, headers_of(scope))
        await relay.serve(scope, receive, send, Visitor(call.base, call.address, call.id))

    def _call(self, scope: Scope, headers: dict[str, str]) -> Call:
        services, client = self._services, scope.get("client")
        address = services.address(client[0] if client else "", headers.get("x-forwarded-for", ""))
        now = services.clock()
        base = (
            services.tuning().public or f"{scope.get('scheme', 'http')}://{headers.get('host', '')}"
        )
        return Call(id=_request_id(now), at=now, address=address, base=base)

    def _close(self, call: Call) -> None:
        """Settles and records, whatever happened; never waits and never raises."""
        self.calls.discard(call)
        services = self._services
        if call.detour and call.route is not None:
            # Who got another model than asked pays for the cheaper of both.
            cut = call.route.name.variant.anti_truncation
            units = services.costs.table.of(call.detour, anti_truncation=cut)
            call.units = min(call.units, units)
        if call.reserved and call.grant is not None:
            services.ledger.settle(call.id, call.grant.key_id, call.units, charge=call.begun)
        if call.grant is not None and call.operation is not None:
            services.ledger.record(books.record(call, services.clock()))
        services.transcript(call)


def _request_id(at: datetime) -> str:
    """Unique, and growing with time: neighbours in the request log are neighbours in its index."""
    return f"{int(at.timestamp() * 1000):012x}{_bits(80):020x}"


def _mistake(call: Call) -> GatewayError:
    return GatewayError(
        ErrorKind.INTERNAL,
        f"The gateway made a mistake. Tell its operator the request id {call.id}.",
    )


async def _preflight(send: Send) -> None:
    await send({"type": "http.response.start", "status": 204, "headers": PREFLIGHT})
    await send({"type": "http.response.body", "body": b""})


async def _refuse(
    responder: Responder, call: Call, error: GatewayError, dialect: Dialect, receive: Receive
) -> None:
    """An error before the answer began: status, headers and the dialect's own words."""
    call.status, call.code, call.detail = error.status, error.kind, error.message
    extra = [encoded(HEADER, error.reason)]
    extra += [encoded(name, value) for name, value in error.headers.items()]
    if error.retry_after is not None:
        extra.append(encoded("retry-after", str(max(1, math.ceil(error.retry_after)))))
    extra += dropped(call)
    quoted = error.quoted
    if quoted is not None and quoted.origin is dialect:
        body = quoted.body
    else:
        body = _encode(BY_DIALECT[dialect].codec.render_error(error))
    if error.headers is CLOSING:
        await responder.refuse(receive, error.status, body, extra)
    else:
        await responder.whole(error.status, body, extra)
