"""What happens to a question and its answer between caller and upstream, beside translation."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Iterator

from proxy.call import Call
from proxy.dialects import custom
from proxy.dialects.base import Loss
from proxy.dialects.openai_images import delivery
from proxy.images.linking import Linker
from proxy.images.reply import ImageReply
from proxy.inquiry import Inquiry
from proxy.ir import Dialect, Exchange, Middleware, Piece, Request, compose
from proxy.operation import Question
from proxy.services import Services
from proxy.shaping import Images
from proxy.stages import image_links
from proxy.stages.anti_truncation import anti_truncation
from proxy.stages.drawn import drawn
from proxy.stages.fake_stream import fake_stream
from proxy.stages.free_text import free_text
from proxy.stages.recall import remembering
from proxy.stages.thoughts import without_thoughts


def touched(services: Services, call: Call) -> bool:
    """Whether something changes the question or the answer, so that it cannot pass as it is."""
    tuning = services.tuning()
    asked = call.route is not None and bool(call.route.name.variant)
    return asked or not tuning.system or tuning.images is not Images.ALL


def exchange(services: Services, call: Call, question: Question, inquiry: Inquiry) -> Exchange:
    """Asks as often as the stages want to; the question as it came is `inquiry`."""

    def ask(request: Request) -> AsyncGenerator[Piece, None]:
        if inquiry.request is None or request is inquiry.request:
            return inquiry.pieces()
        return Inquiry(services, call, question, request, touched=True).pieces()

    request = inquiry.request
    return ask if request is None else compose(ask, *stages(services, call, request))


def stages(services: Services, call: Call, request: Request) -> list[Middleware]:
    """What changes a translated answer, outermost first."""
    tuning, found = services.tuning(), list(_pictured(services, call, request))
    if names := custom.names(request):
        found.append(free_text(names))
    if call.route is not None:
        variant = call.route.name.variant
        if variant.fake_stream and call.stream:
            found.append(fake_stream())
        if variant.anti_truncation:
            found.append(anti_truncation(tuning.continuations))
    if not tuning.show_thoughts:
        # Within: a hidden thought then never splits the text of an answer that goes on.
        found.append(without_thoughts)
    if call.grant is not None and request.tools:
        found.append(remembering(services.memory, call.grant.key_id))
    return found


def _pictured(services: Services, call: Call, request: Request) -> Iterator[Middleware]:
    """How the images of an answer reach the caller."""
    if call.operation is None:
        return

    def lose(field: str) -> None:
        call.lose([Loss(field)])

    dialect, linker = call.operation.dialect, Linker(services.gallery, call.base)
    if dialect is Dialect.OPENAI_IMAGES:
        yield drawn(linker, delivery.wanted(request), lose)
        return
    reply = image_links.wanted(dialect, services.tuning().image_reply)
    if reply is not ImageReply.IMAGES:
        # Only Chat's clients were promised a link.
        told = lose if dialect is Dialect.OPENAI_CHAT else None
        yield image_links.image_links(linker, keep=reply is ImageReply.BOTH, lose=told)
