"""Generation: parse or pass through, ask, and answer in the caller's dialect."""

from __future__ import annotations

import asyncio
from contextlib import aclosing

from proxy.call import Call
from proxy.errors import ErrorKind, GatewayError
from proxy.http import Responder
from proxy.inquiry import Inquiry
from proxy.ir import Request
from proxy.operation import Question
from proxy.pipeline import exchange, touched
from proxy.services import Services
from proxy.stages.meter import meter
from proxy.voice import Streamed, Voice, Whole

_SOON = 0.8
"""Seconds; clients were promised a sign of life within one."""


class Generation:
    """One generate request; its body is checked for syntax only."""

    def __init__(self, services: Services, call: Call, question: Question) -> None:
        self._services = services
        self._call = call
        self._question = question

    async def run(self, responder: Responder) -> None:
        """Asks and answers. Raises GatewayError while the answer has not begun."""
        call = self._call
        inquiry = Inquiry(
            self._services, call, self._question, touched=touched(self._services, call)
        )
        await inquiry.prepare()
        # In pass-through nobody reads more than the head.
        request = inquiry.request or Request(model=call.model, turns=(), stream=call.stream)
        voice = self._voice(responder, request)
        asking = exchange(self._services, call, self._question, inquiry)(request)
        async with voice, aclosing(asking) as pieces:
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

    def _voice(self, responder: Responder, request: Request) -> Voice:
        call, codec = self._call, self._question.speaker.codec
        if not call.stream:
            return Whole(responder, codec, request, call)
        renderer = codec.event_renderer(request, array=self._question.operation.array)
        every = self._services.tuning().keepalive
        # Nothing can come before the whole answer is there.
        faked = call.route is not None and call.route.name.variant.fake_stream
        first = _SOON if faked else None
        return Streamed(responder, renderer, call, every=every, first=first)


def _stopping() -> GatewayError:
    message = "The gateway is being stopped. Ask again in a moment."
    return GatewayError(ErrorKind.SHUTTING_DOWN, message, retry_after=5)
