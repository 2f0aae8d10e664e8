"""One line of the log for each request: no prompt, no answer, no secret."""

from __future__ import annotations

import logging
from collections.abc import Callable
from time import monotonic

from proxy.call import Call

log = logging.getLogger("potluck.requests")

ear: Callable[[Call, float], None] | None = None
"""Is told of every request, whatever the level of the log, with the monotonic time of its end.
Set once, by who starts the gateway; it must neither wait nor fail."""


def transcript(call: Call) -> None:
    """Failures are told at INFO; an operator who wants every request logs at DEBUG."""
    now = monotonic()
    if ear is not None:
        ear(call, now)
    level = logging.INFO if failed(call) else logging.DEBUG
    if log.isEnabledFor(level):
        log.log(level, "%s", line(call, now))


def failed(call: Call) -> bool:
    return call.status >= 400 or bool(call.code)


def line(call: Call, now: float) -> str:
    """`now` is monotonic. Client-chosen text is quoted, so that it cannot forge a line."""
    return f"{call.id} {words(call, now)}"


def words(call: Call, now: float) -> str:
    """The same without the request's id."""
    parts = [
        f"key={call.grant.key_id}" if call.grant is not None else "key=-",
        f"from={call.address}",
        f"model={call.model!r}",
        f"status={call.status}",
        f"seconds={now - call.started:.3f}",
    ]
    if call.code:
        parts.append(f"code={call.code} {call.detail!r}")
    parts += [f"tried={each.credential}:{each.result}" for each in call.attempts if each.reason]
    return " ".join(parts)
