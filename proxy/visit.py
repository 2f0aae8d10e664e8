"""One admitted request on its way through the rooms: desk, reading, map, till, answer."""

from __future__ import annotations

import logging
from datetime import datetime

import msgspec

from keys.directory import Grant
from keys.ledger import LedgerDown
from keys.limits import Admission, Limited
from keys.quota import Limit, Refused
from proxy import desk, stored, unary
from proxy.call import Call
from proxy.dialects.base import JSON, ModelInfo
from proxy.errors import ErrorKind, GatewayError
from proxy.generate import Generation
from proxy.http import Hangup, Receive, Responder, read_body
from proxy.operation import Account, Action, Operation, Question, Speaker
from proxy.reasons import Reason, figures
from proxy.registry import BY_DIALECT
from proxy.route import Route
from proxy.services import Services
from proxy.session import session_of

log = logging.getLogger("potluck.proxy")

_encode = msgspec.json.Encoder().encode
_DATABASE = (
    "The gateway's database is busy or full, so no quota can be reserved. Try again in 5 seconds; "
    "if it stays so, tell the operator."
)
_FREE = frozenset({Action.COUNT, Action.MODELS, Action.MODEL, Action.LOCAL})


class Visit:
    def __init__(
        self, services: Services, call: Call, headers: dict[str, str], query: dict[str, str]
    ) -> None:
        self._services = services
        self._call = call
        self._headers = headers
        self._query = query

    async def run(self, receive: Receive, responder: Responder) -> None:
        """Raises GatewayError while nothing has been answered."""
        services, call = self._services, self._call
        operation = call.operation
        assert operation is not None  # noqa: S101 - matched by the door
        call.grant = await desk.admit(
            services.directory, self._headers, self._query, services.clock(), call.address
        )
        speaker = BY_DIALECT[operation.dialect]
        if operation.action in (Action.MODELS, Action.MODEL):
            await self._list(responder, speaker, operation)
            return
        body = b""
        if operation.method == "POST":
            body = await read_body(receive, self._headers, services.tuning().body_limit)
        if operation.action is Action.LOCAL:
            await self._local(responder, speaker, operation, body)
            return
        if operation.action is Action.STORED:
            await self._stored(responder, speaker, operation)
            return
        question = self._understood(speaker, operation, body)
        question, responder.ear = await stored.ready(services.answers, call, question)
        async with Hangup(receive) as hangup:
            responder.hangup = hangup
            admission = await self._admitted(call.grant)
            try:
                await self._reserve()
                await self._answer(responder, question)
            finally:
                admission.leave()
        if hangup.happened:
            call.status = call.status or ErrorKind.CLIENT_GONE.http_status()
            call.code = call.code or ErrorKind.CLIENT_GONE

    def _understood(self, speaker: Speaker, operation: Operation, body: bytes) -> Question:
        """What is asked, of which model, and where that is answered."""
        call, services = self._call, self._services
        if speaker.intake is not None:
            body = speaker.intake(body, self._headers.get("content-type", ""))
        if speaker.recast is not None and (found := speaker.recast(body, operation)):
            operation, body = found
            call.operation, speaker = operation, BY_DIALECT[operation.dialect]
        head = speaker.head(body, operation)
        call.model, call.stream = head
        routes = services.routes()
        call.route = routes.resolve(head.model, operation.dialect, operation.within)
        call.model = call.route.name.full
        assert call.grant is not None  # noqa: S101 - admitted above
        if services.tuning().sessions and self._choice(call.route):
            call.session = session_of(self._headers, body, owner=str(call.grant.key_id))
        desk.allow(call.grant, call.route.name.plain, call.route.cost_name)
        if call.route.detours:
            call.route = _detoured(call.route, call.grant, operation)
        forwarded = {
            name: self._headers[name] for name in speaker.forwarded if name in self._headers
        }
        return Question(speaker, operation, body, forwarded)

    def _choice(self, route: Route) -> bool:
        """Where one credential alone can answer, nobody need know whose conversation it is."""
        targets = route.targets
        return len(targets) > 1 or self._services.pool.count(targets[0].provider) > 1

    async def _admitted(self, grant: Grant) -> Admission:
        """Before any unit is reserved: who waits for a place holds none."""
        services, call = self._services, self._call
        try:
            return await services.limits.admit(grant, call.address, services.clock())
        except Limited as limited:
            log.info("key %s is over its %s of the %s", grant.key_id, limited.which, limited.whose)
            raise _limited(limited) from limited

    async def _reserve(self) -> None:
        services, call = self._services, self._call
        if call.grant is None or call.route is None or call.operation is None:
            return
        if call.operation.action in _FREE:
            return
        call.units = services.costs.table.of(
            call.route.cost_name, anti_truncation=call.route.name.variant.anti_truncation
        )
        if not call.units and not call.grant.unstarted:
            return
        # The model itself: an alias must not get round an allowance of its model.
        name = call.route.cost_name
        try:
            await services.ledger.reserve(call.grant.key_id, call.units, call.id, name)
        except Refused as refused:
            raise _exhausted(refused, call.model, services.clock()) from refused
        except LedgerDown as down:
            raise GatewayError(ErrorKind.DATABASE, _DATABASE, retry_after=5) from down
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
        models = await self._models(operation)
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

    async def _models(self, operation: Operation) -> list[ModelInfo]:
        """Those that this key may ask for."""
        services, grant = self._services, self._call.grant
        models = await services.catalog.models(operation.within)
        if grant is None or not grant.models:
            return models
        return [each for each in models if self._allowed(grant, each.id, operation)]

    def _allowed(self, grant: Grant, model: str, operation: Operation) -> bool:
        try:
            route = self._services.routes().resolve(model, operation.dialect, operation.within)
        except GatewayError:
            return False
        return desk.allowed(grant, route.name.plain, route.cost_name)

    async def _local(
        self, responder: Responder, speaker: Speaker, operation: Operation, body: bytes
    ) -> None:
        """What a client of this dialect asks about itself; no upstream hears of it."""
        services, grant = self._services, self._call.grant
        assert grant is not None and speaker.local is not None  # noqa: S101 - it matched
        balance = await services.balance(grant.key_id)
        units = services.costs.table.of
        named = [(each.id, units(each.id)) for each in await self._models(operation)]
        account = Account(grant.key_id, grant.label, balance.total, balance.remaining, named)
        answer = speaker.local(operation, body, account)
        self._call.status = 200
        await responder.whole(200, _encode(answer), [])

    async def _stored(self, responder: Responder, speaker: Speaker, operation: Operation) -> None:
        """An answer of before, of this key's alone."""
        assert speaker.storage is not None  # noqa: S101 - it matched
        answers = self._services.answers
        found = await stored.about(answers, self._call, speaker.storage, operation, self._query)
        self._call.status = 200
        await responder.whole(200, _encode(found), [])


def _detoured(route: Route, grant: Grant, operation: Operation) -> Route:
    """An answer may come from another model; vectors and counts of tokens would be of no use."""
    if operation.action is not Action.GENERATE:
        return route._replace(detours=())
    allowed = tuple(each for each in route.detours if desk.allowed(grant, each.name))
    return route._replace(detours=allowed)


def _limited(limited: Limited) -> GatewayError:
    return GatewayError(
        ErrorKind.RATE_LIMITED,
        str(limited),
        retry_after=limited.seconds,
        reason=Reason(limited.name),
        headers=figures(limit=limited.limit, remaining=limited.left, reset=limited.reset_at),
    )


_QUOTAS = {
    Limit.TOTAL: Reason.KEY_TOTAL,
    Limit.DAILY: Reason.KEY_DAILY,
    Limit.MODEL_DAILY: Reason.KEY_MODEL_DAILY,
    Limit.KEY: Reason.KEY_UNKNOWN,
}


def _exhausted(refused: Refused, model: str, now: datetime) -> GatewayError:
    limit = f"{refused.limit} quota"
    if refused.pattern:
        limit = f"{limit} for `{refused.pattern}`"
    wait, advice = None, "Ask the operator of this gateway for more."
    if refused.reset_at is not None:
        wait = max((refused.reset_at - now).total_seconds(), 1.0)
        advice = f"It begins anew at {refused.reset_at:%Y-%m-%d %H:%M %Z}."
    return GatewayError(
        ErrorKind.QUOTA_EXHAUSTED,
        f"This key's {limit} does not cover the call: `{model}` costs {refused.needed} units, "
        f"{refused.remaining} are left. {advice}",
        retry_after=wait,
        reason=_QUOTAS[refused.limit],
        headers={
            # Anthropic's and OpenAI's SDKs, and Claude Code, then leave it at that.
            "x-should-retry": "false",
            **figures(remaining=refused.remaining, reset=refused.reset_at),
        },
    )
