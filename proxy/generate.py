"""Generation: parse or pass through, ask, and answer in the caller's dialect."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing

import msgspec

from credentials.pool import Lease
from proxy import bodies
from proxy.call import Call
from proxy.dialects import custom
from proxy.dialects.losses import unique
from proxy.dispatch import dispatch
from proxy.errors import ErrorKind, GatewayError
from proxy.http import Responder
from proxy.ir import Exchange, Middleware, Piece, Request, compose
from proxy.operation import Question
from proxy.reader import Passed, Reader, Translated
from proxy.registry import BY_DIALECT
from proxy.route import Target
from proxy.send import send
from proxy.services import Services
from proxy.stages.free_text import free_text
from proxy.stages.meter import meter
from proxy.stages.thoughts import without_thoughts
from proxy.upstreams.base import Task
from proxy.voice import Streamed, Voice, Whole

_encode = msgspec.json.Encoder().encode


class Generation:
    """One generate request; its body is checked for syntax only."""

    def __init__(self, services: Services, call: Call, question: Question) -> None:
        self._services = services
        self._call = call
        self._speaker, self._operation, self._body, self._headers = question
        passable = self._speaker.passable
        self._passable = passable is None or passable(self._body)
        self._parsed: Request | None = None
        self._tasks: dict[Target, Task] = {}

    async def run(self, responder: Responder) -> None:
        """Asks and answers. Raises GatewayError while the answer has not begun."""
        call = self._call
        # Refuse what cannot be said before anybody is asked.
        if not all(map(self._passes, self._targets)):
            self._parse()
        self._task(self._targets[0])
        voice = self._voice(responder)
        async with voice, aclosing(self._exchange()(self.request)) as pieces:
            try:
                async for piece in pieces:
                    meter(call, piece)
                    await voice.say(piece)
            except GatewayError as error:
                if not responder.started:
                    raise
                await voice.fail(error)
            except asyncio.CancelledError:
                if responder.hung_up:
                    raise
                # The server stops, and this answer has had its time of grace.
                if not responder.started:
                    raise _stopping() from None
                await voice.fail(_stopping())
            else:
                await voice.finish()

    def _voice(self, responder: Responder) -> Voice:
        call, codec = self._call, self._speaker.codec
        if not call.stream:
            return Whole(responder, codec, self.request, call)
        renderer = codec.event_renderer(self.request, array=self._operation.array)
        return Streamed(responder, renderer, call, every=self._services.tuning().keepalive)

    @property
    def request(self) -> Request:
        """The parsed request; in pass-through only its head, since nobody reads more."""
        if self._parsed is not None:
            return self._parsed
        return Request(model=self._call.model, turns=(), stream=self._call.stream)

    def _parse(self) -> Request:
        if self._parsed is None:
            self._parsed = self._speaker.codec.parse_request(
                bodies.parse(self._body), model=self._call.model, stream=self._call.stream
            )
        return self._parsed

    @property
    def _targets(self) -> tuple[Target, ...]:
        route = self._call.route
        return route.targets if route is not None else ()

    def _exchange(self) -> Exchange:
        call, services = self._call, self._services

        def ask(request: Request) -> AsyncGenerator[Piece, None]:
            assert call.route is not None  # noqa: S101 - set by the door before this room
            return dispatch(
                call,
                call.route,
                services.pool,
                self._send,
                patience=services.tuning().patience,
            )

        return compose(ask, *self._stages())

    def _stages(self) -> list[Middleware]:
        """What changes a translated answer, outermost first."""
        stages: list[Middleware] = []
        if not self._services.tuning().show_thoughts:
            stages.append(without_thoughts)
        if self._parsed is not None and (names := custom.names(self._parsed)):
            stages.append(free_text(names))
        return stages

    def _send(self, target: Target, lease: Lease) -> AsyncGenerator[Piece, None]:
        return send(
            self._services.client,
            target,
            lease,
            task=self._task,
            reader=self._reader(target),
            clock=self._services.clock,
        )

    def _reader(self, target: Target) -> Reader:
        codec = BY_DIALECT[target.upstream.dialect].codec
        if self._passes(target):
            return Passed(
                codec, stream=self._call.stream, array=self._operation.array, note=self._note
            )
        return Translated(codec, stream=self._call.stream)

    def _note(self, error: GatewayError) -> None:
        self._call.code, self._call.detail = error.kind, error.message

    def _passes(self, target: Target) -> bool:
        return self._passable and target.upstream.dialect is self._operation.dialect

    def _task(self, target: Target) -> Task:
        """The request in the target's dialect; made once, also if several credentials are tried."""
        task = self._tasks.get(target)
        if task is None:
            task = self._tasks[target] = self._rendered(target)
        return task

    def _rendered(self, target: Target) -> Task:
        call, operation = self._call, self._operation
        if self._passes(target):
            body = self._body
            if target.model != call.model:
                body = self._speaker.with_model(body, target.model)
            return Task(
                operation.action,
                target.model,
                body,
                call.stream,
                array=operation.array,
                forward=operation.forward,
                headers=self._headers,
            )
        request = msgspec.structs.replace(self._parse(), model=target.model)
        rendered = BY_DIALECT[target.upstream.dialect].codec.render_request(request)
        call.losses = unique([*call.losses, *rendered.losses])
        return Task(operation.action, target.model, _encode(rendered.body), call.stream)


def _stopping() -> GatewayError:
    message = "The gateway is being stopped. Ask again in a moment."
    return GatewayError(ErrorKind.SHUTTING_DOWN, message, retry_after=5)
