"""One question as it is put to whichever upstream answers: translated, or passed untouched."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from functools import partial

import msgspec

from credentials.pool import Lease
from proxy import bodies, bounds
from proxy.call import Call
from proxy.dispatch import dispatch
from proxy.errors import GatewayError
from proxy.ir import Piece, Request
from proxy.operation import Question
from proxy.reader import Passed, Reader, Translated
from proxy.registry import BY_DIALECT
from proxy.route import Route, Target
from proxy.send import send
from proxy.services import Services
from proxy.shaping import as_user_turns, history_images
from proxy.upstreams.base import Task
from proxy.variants import applied
from proxy.whereabouts import Spelt

_encode = msgspec.json.Encoder().encode


class Inquiry:
    """`request` is None until somebody needs it parsed. `touched`: something changes the question
    or the answer, so that nothing may pass."""

    def __init__(
        self,
        services: Services,
        call: Call,
        question: Question,
        request: Request | None = None,
        *,
        touched: bool = False,
    ) -> None:
        self._services = services
        self._call = call
        self._speaker, self._operation, self._body, self._headers = question
        passable = self._speaker.passable
        self._passable = not touched and (passable is None or passable(self._body))
        self._request = request
        self._stream = call.stream if request is None else request.stream
        self._tasks: dict[Target, Task] = {}
        self._targets = _targets(call.route)

    async def prepare(self) -> None:
        """Reads and completes the question, where it cannot pass. Refuses what cannot be said
        before anybody is asked. Raises GatewayError."""
        if not all(map(self.passes, self._targets)):
            self._request = await self._shaped(self.parse())
        self._task(self._targets[0])

    async def _shaped(self, request: Request) -> Request:
        call, tuning = self._call, self._services.tuning()
        if not tuning.system:
            request = as_user_turns(request)
        request, losses = history_images(request, tuning.images)
        call.lose(losses)
        if any(BY_DIALECT[target.upstream.dialect].inline for target in self._targets):
            with Spelt(self._body):
                request = await self._services.inlined(request)
        return request

    def parse(self) -> Request:
        if self._request is None:
            self._request = self._speaker.codec.parse_request(
                bodies.parse(self._body), model=self._call.model, stream=self._call.stream
            )
        return self._request

    @property
    def request(self) -> Request | None:
        """None while nobody had to read more than its head."""
        return self._request

    def passes(self, target: Target) -> bool:
        return self._passable and target.upstream.dialect is self._operation.dialect

    def pieces(self) -> AsyncGenerator[Piece, None]:
        """The answer. Raises GatewayError when nobody gives one, or when it breaks off."""
        services, route = self._services, self._call.route
        assert route is not None  # noqa: S101 - set by the door before this room
        patience = services.tuning().patience
        return dispatch(self._call, route, services.pool, self._send, patience=patience)

    def _send(self, target: Target, lease: Lease) -> AsyncGenerator[Piece, None]:
        services = self._services
        return send(
            services.client,
            target,
            lease,
            task=self._task,
            reader=self._reader(target),
            clock=services.clock,
        )

    def _reader(self, target: Target) -> Reader:
        codec = BY_DIALECT[target.upstream.dialect].codec
        if self.passes(target):
            array = self._operation.array
            return Passed(codec, stream=self._stream, array=array, note=self._note)
        return Translated(codec, stream=self._stream)

    def _note(self, error: GatewayError) -> None:
        self._call.code, self._call.detail = error.kind, error.message

    def _task(self, target: Target) -> Task:
        """The request in the target's dialect; made once, also if several credentials are tried."""
        task = self._tasks.get(target)
        if task is None:
            make = self._same if self.passes(target) else self._rendered
            task = self._tasks[target] = make(target)
        return task

    def _same(self, target: Target) -> Task:
        call, operation, body = self._call, self._operation, self._body
        if target.model != call.model:
            body = self._speaker.with_model(body, target.model)
        if self._speaker.storage is not None:
            body = self._speaker.storage.sent(body)
        task = partial(Task, operation.action, target.model, body, self._stream)
        task = partial(task, array=operation.array, forward=operation.forward)
        return task(headers=self._headers, verb=operation.verb)

    def _rendered(self, target: Target) -> Task:
        call = self._call
        assert call.route is not None  # noqa: S101 - it has this target
        request = applied(self.parse(), call.route.name.variant, target.model)
        request = msgspec.structs.replace(request, model=target.model)
        speaker = BY_DIALECT[target.upstream.dialect]
        bounds.answers(request.sampling.n, self._operation.dialect, speaker.codec.name)
        with Spelt(self._body):
            rendered = speaker.codec.render_request(request)
        if speaker.codec.name is not self._operation.dialect:
            bounds.question(request.turns, self._operation.dialect)
        call.lose(rendered.losses)
        body = _encode(rendered.body)
        if speaker.storage is not None:
            body = speaker.storage.sent(body)
        return Task(self._operation.action, target.model, body, self._stream)


def _targets(route: Route | None) -> tuple[Target, ...]:
    """All who may be asked."""
    if route is None or not route.detours:
        return route.targets if route is not None else ()
    return route.targets + tuple(each for detour in route.detours for each in detour.targets)
