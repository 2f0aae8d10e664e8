"""What happens to a question and its answer between caller and upstream, beside translation."""

from __future__ import annotations

from collections.abc import AsyncGenerator

from proxy.call import Call
from proxy.dialects import custom
from proxy.inquiry import Inquiry
from proxy.ir import Exchange, Middleware, Piece, Request, compose
from proxy.operation import Question
from proxy.services import Services
from proxy.stages.free_text import free_text
from proxy.stages.thoughts import without_thoughts


def exchange(services: Services, call: Call, question: Question, inquiry: Inquiry) -> Exchange:
    """Asks as often as the stages want to; the question as it came is `inquiry`."""

    def ask(request: Request) -> AsyncGenerator[Piece, None]:
        if inquiry.request is None or request is inquiry.request:
            return inquiry.pieces()
        return Inquiry(services, call, question, request, touched=True).pieces()

    return compose(ask, *stages(services, inquiry.request))


def stages(services: Services, request: Request | None) -> list[Middleware]:
    """What changes a translated answer, outermost first."""
    found: list[Middleware] = []
    if not services.tuning().show_thoughts:
        found.append(without_thoughts)
    if request is not None and (names := custom.names(request)):
        found.append(free_text(names))
    return found
