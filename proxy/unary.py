"""Small questions with one whole JSON answer: embeddings and token counts."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing

import msgspec

from credentials.pool import Lease
from proxy import bodies
from proxy.call import Call
from proxy.dialects.base import JSON
from proxy.dispatch import dispatch
from proxy.errors import invalid
from proxy.estimate import tokens
from proxy.http import Responder
from proxy.ir import Piece
from proxy.operation import Question
from proxy.reader import Unread, decoded
from proxy.registry import BY_DIALECT
from proxy.route import Route, Target
from proxy.send import send
from proxy.services import Services
from proxy.stages.meter import meter
from proxy.upstreams.base import Task
from proxy.voice import dropped
from proxy.whereabouts import Spelt

_encode = msgspec.json.Encoder().encode


async def ask(
    services: Services, call: Call, route: Route, task: Callable[[Target], Task]
) -> bytes:
    """The first upstream's whole answer. Raises GatewayError when nobody answers."""

    def attempt(target: Target, lease: Lease) -> AsyncGenerator[Piece, None]:
        return send(
            services.client, target, lease, task=task, reader=Unread(), clock=services.clock
        )

    answer = b""
    patience = services.tuning().patience
    asking = dispatch(call, route, services.pool, attempt, patience=patience)
    async with aclosing(asking) as pieces:
        async for piece in pieces:
            meter(call, piece)
            answer = piece.raw or b""
    return answer


async def embed(services: Services, call: Call, question: Question) -> JSON | bytes:
    """Vectors for texts; bytes when both sides speak the same dialect."""
    speaker, operation, body, _ = question
    assert call.route is not None and speaker.embeddings is not None  # noqa: S101 - by the door
    ours = speaker.embeddings
    wanted = ours.parse_request(bodies.parse(body), model=call.model, batch=operation.batch)

    def task(target: Target) -> Task:
        if target.upstream.dialect is operation.dialect:
            same = body if target.model == call.model else speaker.with_model(body, target.model)
            return Task(operation.action, target.model, same, batch=operation.batch)
        theirs = BY_DIALECT[target.upstream.dialect].embeddings
        if theirs is None:
            raise invalid(f"The upstream of `{call.model}` has no embeddings.", "model")
        asked = msgspec.structs.replace(wanted, model=target.model)
        rendered = theirs.render_request(asked)
        call.lose([*wanted.losses, *rendered.losses])
        return Task(operation.action, target.model, _encode(rendered.body), batch=True)

    answer = await ask(services, call, call.route, task)
    spoken = call.target.upstream.dialect if call.target is not None else operation.dialect
    if spoken is operation.dialect:
        return answer
    theirs = BY_DIALECT[spoken].embeddings
    assert theirs is not None  # noqa: S101 - it rendered the request
    return ours.render_response(theirs.parse_response(decoded(answer), wanted), wanted)


async def count(services: Services, call: Call, question: Question) -> JSON | bytes:
    """Tokens of a prompt: asked of the upstream, or guessed where it cannot count."""
    speaker, operation, body, headers = question
    assert call.route is not None and speaker.counting is not None  # noqa: S101 - by the door
    ours, target = speaker.counting, call.route.targets[0]
    # Other targets may speak another dialect; a count is not worth asking around for.
    route = call.route._replace(targets=(target,))
    passes = speaker.passable is None or speaker.passable(body)
    if passes and target.upstream.dialect is operation.dialect:
        same = body if target.model == call.model else speaker.with_model(body, target.model)
        forward = operation.forward
        task = Task(operation.action, target.model, same, forward=forward, headers=headers)
        return await ask(services, call, route, lambda _: task)
    request = ours.parse_request(bodies.parse(body), model=call.model)
    theirs = BY_DIALECT[target.upstream.dialect].counting
    if theirs is None:
        call.estimated = True
        return ours.render_response(tokens(request))
    with Spelt(body):
        rendered = theirs.render_request(msgspec.structs.replace(request, model=target.model))
    call.lose(rendered.losses)
    task = Task(operation.action, target.model, _encode(rendered.body))
    answer = await ask(services, call, route, lambda _: task)
    return ours.render_response(theirs.parse_response(decoded(answer)))


async def respond(responder: Responder, call: Call, answer: JSON | bytes) -> None:
    call.status = 200
    body = answer if isinstance(answer, bytes) else _encode(answer)
    extra = dropped(call)
    if call.estimated:
        extra.append((b"x-potluck-estimated", b"tokens"))
    await responder.whole(200, body, extra)
