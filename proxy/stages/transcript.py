"""One line of the log for each request: no prompt, no answer, no secret."""

from __future__ import annotations

import logging
from time import monotonic

from proxy.call import Call

log = logging.getLogger("potluck.requests")


def transcript(call: Call) -> None:
    """Failures are told at INFO; an operator who wants every request logs at DEBUG."""
    level = logging.DEBUG if call.status < 400 and not call.code else logging.INFO
    if log.isEnabledFor(level):
        log.log(level, "%s", line(call, monotonic()))


def line(call: Call, now: float) -> str:
    """`now` is monotonic. Client-chosen text is quoted, so that it cannot forge a line."""
    parts = [
        call.id,
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
