"""One attempt: the request goes to one upstream with one credential, its answer comes as pieces."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from datetime import datetime
from typing import Protocol

from credentials.health import NotItsFault, Outcome, RateLimited, Stumbled
from credentials.pool import Access
from proxy.errors import ErrorKind, GatewayError
from proxy.ir import Piece
from proxy.reader import Reader
from proxy.route import Target
from proxy.upstreams.base import AttemptFailed, Task
from proxy.upstreams.client import Client


class Lent(Protocol):
    """A credential for one attempt. Who has lent it hears of the outcome, not from here."""

    @property
    def access(self) -> Access: ...


async def send(
    client: Client,
    target: Target,
    lease: Lent,
    *,
    task: Callable[[Target], Task],
    reader: Reader,
    clock: Callable[[], datetime],
) -> AsyncGenerator[Piece, None]:
    """Raises AttemptFailed before the first piece, GatewayError after it."""
    begun = False
    try:
        access = lease.access
        outgoing = target.upstream.outgoing(task(target), access)
        async with client.open(outgoing, access.proxy, access.secret) as reply:
            if reply.status >= 300:
                refusal = await reply.refusal()
                raise target.upstream.classify(refusal, target.model, clock())
            if not reader.streams(reply):
                yield await reader.whole(reply)
                return
            async with aclosing(reader.stream(reply)) as pieces:
                async for piece in pieces:
                    begun = True
                    yield piece
    except GatewayError as error:
        if begun:
            raise
        outcome, retry = blame(
            error, target.model, own_host=bool(lease.access.base_url or lease.access.proxy)
        )
        raise AttemptFailed(outcome, error, retry=retry) from error


def blame(error: GatewayError, model: str, *, own_host: bool) -> tuple[Outcome, bool]:
    """What a failure without an HTTP status says about the credential, and whether to ask another.

    An unreachable host is not the credential's fault, unless the host is its own.
    """
    match error.kind:
        case ErrorKind.POOL_COOLING | ErrorKind.RATE_LIMITED:
            return RateLimited(model), True
        case ErrorKind.UPSTREAM_BROKEN | ErrorKind.UPSTREAM_TIMEOUT:
            return (Stumbled() if own_host else NotItsFault()), True
        case _:
            return NotItsFault(), False
