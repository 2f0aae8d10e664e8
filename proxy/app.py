"""The door: every model API request comes in here and leaves with an answer or a clear error."""

from __future__ import annotations

import logging
import random
import secrets
from datetime import datetime

import msgspec

from keys.ledger import LedgerDown
from keys.quota import Refused
from proxy import books, desk, paths, unary
from proxy.call import Call
from proxy.dialects.base import JSON
from proxy.errors import ErrorKind, GatewayError
from proxy.generate import Generation
from proxy.http import (
    CLOSING,
    PREFLIGHT,
    Hangup,
    Receive,
    Responder,
    Scope,
    Send,
    encoded,
    headers_of,
    query_of,
    read_body,
)
from proxy.ir import Dialect
from proxy.operation import Action, Hints, Operation, Question, Speaker
from proxy.registry import BY_DIALECT
from proxy.services import Services
from proxy.voice import dropped

log = logging.getLogger("potluck.proxy")

# Request ids must be unique, not secret: asking the kernel for each would give up the
# interpreter's lock in the middle of a request.
_bits = random.Random(secrets.randbits(256)).getrandbits  # noqa: S311

_encode = msgspec.json.Encoder().encode
_FREE = frozenset({Action.COUNT, Action.MODELS, Action.MODEL})


class Door:
    """An ASGI application for the paths that `paths.claims`."""

    def __init__(self, services: Services) -> None:
        self._services = services

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["method"] == "OPTIONS":
            await _preflight(send)
            return
        headers, query = headers_of(scope), query_of(scope)
        hints = Hints("anthropic-version" in headers, "x-goog-api-key" in headers or "key" in query)
        call = self._call(scope, headers)
        responder = Responder(send, call.id)
        try:
            call.operation = paths.match(scope["method"], scope["path"], query, hints)
            visit = _Visit(self._services, call, headers, query)
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

    def _call(self, scope: Scope, headers: dict[str, str]) -> Call:
        services, client = self._services, scope.get("client")
        address = services.address(client[0] if client else "", headers.get("x-forwarded-for", ""))
        now = services.clock()
        return Call(id=_request_id(now), at=now, address=address)

    def _close(self, call: Call) -> None:
        """Settles and records, whatever happened; never waits and never raises."""
        services = self._services
        if call.reserved and call.grant is not None:
            services.ledger.settle(call.id, call.grant.key_id, call.units, charge=call.begun)
        if call.grant is not None and call.operation is not None:
            services.ledger.record(books.record(call, services.clock()))
        services.transcript(call)


class _Visit:
    """One admitted path through the rooms."""

    def __init__(
        self, services: Services, call: Call, headers: dict[str, str], query: dict[str, str]
    ) -> None:
        self._services = services
        self._call = call
        self._headers = headers
        self._query = query

    async def run(self, receive: Receive, responder: Responder) -> None:
        services, call = self._services, self._call
        operation = call.operation
        assert operation is not None  # noqa: S101 - matched by the door
        call.grant = await desk.admit(
            services.directory, self._headers, self._query, services.clock()
        )
        speaker = BY_DIALECT[operation.dialect]
        if operation.action in (Action.MODELS, Action.MODEL):
            await self._list(responder, speaker, operation)
            return
        body = await read_body(receive, self._headers, services.tuning().body_limit)
        head = speaker.head(body, operation)
        call.model, call.stream = head
        call.route = services.routes().resolve(head.model)
        call.model = call.route.name.full
        desk.allow(call.grant, call.model)
        async with Hangup(receive) as hangup:
            responder.hangup = hangup
            await self._reserve()
            forwarded = {
                name: self._headers[name] for name in speaker.forwarded if name in self._headers
            }
            await self._answer(responder, Question(speaker, operation, body, forwarded))
        if hangup.happened:
            call.status = call.status or ErrorKind.CLIENT_GONE.http_status()
            call.code = call.code or ErrorKind.CLIENT_GONE

    async def _reserve(self) -> None:
        services, call = self._services, self._call
        if call.grant is None or call.route is None or call.operation is None:
            return
        if call.operation.action in _FREE:
            return
        call.units = services.costs.table.of(call.route.cost_name)
        if not call.units:
            return
        try:
            await services.ledger.reserve(call.grant.key_id, call.units, call.id)
        except Refused as refused:
            raise _exhausted(refused, call.model) from refused
        except LedgerDown as down:
            raise GatewayError(
                ErrorKind.INTERNAL, "The quota ledger cannot be written. Try again.", retry_after=5
            ) from down
        call.reserved = True

    async def _answer(self, responder: Responder, question: Question) -> None:
        services, call = self._services, self._call
        match question.operation.action:
            case Action.GENERATE:
                await Generation(services, call, question).run(responder)
            case Action.EMBED:
                found = await unary.embed(services, call, question)
                await unary.respond(responder, call, found)
            case _:
                found = await unary.count(services, call, question)
                await unary.respond(responder, call, found)

    async def _list(self, responder: Responder, speaker: Speaker, operation: Operation) -> None:
        models = await self._services.catalog.models()
        answer: JSON
        if operation.action is Action.MODELS:
            answer = speaker.models.render_list(models, self._query)
        else:
            wanted = operation.model.removeprefix("models/")
            named = [model for model in models if model.id == wanted]
            if not named:
                raise GatewayError(
                    ErrorKind.MODEL_NOT_FOUND, f"The model `{wanted[:200]}` is not listed here."
                )
            answer = speaker.models.render_model(named[0])
        self._call.status = 200
        await responder.whole(200, _encode(answer), [])


def _request_id(at: datetime) -> str:
    """Unique, and growing with time: neighbours in the request log are neighbours in its index."""
    return f"{int(at.timestamp() * 1000):012x}{_bits(80):020x}"


def _mistake(call: Call) -> GatewayError:
    return GatewayError(
        ErrorKind.INTERNAL,
        f"The gateway made a mistake. Tell its operator the request id {call.id}.",
    )


def _exhausted(refused: Refused, model: str) -> GatewayError:
    reset = f" It resets at {refused.reset_at:%Y-%m-%d %H:%M %Z}." if refused.reset_at else ""
    return GatewayError(
        ErrorKind.QUOTA_EXHAUSTED,
        f"This key's {refused.limit} quota does not cover the call: `{model}` costs "
        f"{refused.needed} units, {refused.remaining} are left.{reset} "
        "Ask the operator of this gateway for more.",
    )


async def _preflight(send: Send) -> None:
    await send({"type": "http.response.start", "status": 204, "headers": PREFLIGHT})
    await send({"type": "http.response.body", "body": b""})


async def _refuse(
    responder: Responder, call: Call, error: GatewayError, dialect: Dialect, receive: Receive
) -> None:
    """An error before the answer began: status, headers and the dialect's own words."""
    call.status, call.code, call.detail = error.status, error.kind, error.message
    extra = [encoded(name, value) for name, value in error.headers.items()]
    if error.retry_after is not None:
        extra.append(encoded("retry-after", str(max(1, round(error.retry_after)))))
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
