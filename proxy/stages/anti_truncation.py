"""An answer that was cut by the token limit goes on, and is one answer for the client.

Only `FinishReason.LENGTH` is continued, and only if the answer so far is text (and thoughts): never
a tool call, code, a picture, a refusal, a block, several candidates, enforced JSON, an answer
without visible text, or a continuation that added nothing. Then the last `Finish` is told as it
is. No marker is asked for or looked for, so no text of an answer means anything to this stage.

One `Start`, one `Finish` (the last attempt's). The cut text stays open and the continuation flows
into it, unless the cut text is signed: its signature is told with it, and a new text follows. A
continuation that thinks first ends the open text, and its thoughts are a part of their own between
two texts: that is the order in which it was said, and in which Anthropic and OpenAI take it back.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import aclosing

from proxy.errors import GatewayError
from proxy.ir import Exchange, Middleware, Piece, Request
from proxy.stages.continuation import continuable, continued
from proxy.stages.patchwork import Patchwork


def anti_truncation(attempts: int) -> Middleware:
    """Asks at most `attempts` times more. Pieces that pass untouched are left alone.

    A continuation that fails before it said anything leaves the answer as cut as it was; its
    attempt is in the request's log line. One that fails later raises its GatewayError.
    """

    def middleware(exchange: Exchange) -> Exchange:
        def run(request: Request) -> AsyncGenerator[Piece, None]:
            if attempts < 1 or not continuable(request):
                return exchange(request)
            return _patched(exchange, request, attempts)

        return run

    return middleware


async def _patched(
    exchange: Exchange, request: Request, attempts: int
) -> AsyncGenerator[Piece, None]:
    answer, question = Patchwork(attempts), request
    while True:
        failure: GatewayError | None = None
        try:
            async with aclosing(exchange(question)) as pieces:
                async for piece in pieces:
                    if piece.raw is not None:
                        yield piece
                    elif events := answer.take(piece.events):
                        yield Piece(events)
        except GatewayError as error:
            if answer.first:
                raise
            failure = error
        if failure is not None or not answer.cut:
            break
        question = continued(request, answer.again())
    if events := answer.end(broken=failure is not None):
        yield Piece(events)
    if failure is not None and answer.added:
        raise failure
