"""What remains of a call: its quota settled, one record, one line in the log."""

from __future__ import annotations

from datetime import datetime
from time import monotonic

import msgspec

from keys.records import RequestRecord
from proxy.call import Call
from proxy.dialects.losses import header

_DETAIL_LIMIT = 2_000
_encode = msgspec.json.Encoder().encode


def record(call: Call, now: datetime) -> RequestRecord:
    """The request log's row. It holds no prompt, no answer and no secret."""
    usage, target, grant = call.usage, call.target, call.grant
    done = monotonic()
    asked = [each for each in call.attempts if each.credential]
    last = asked[-1] if asked else None
    return RequestRecord(
        request_id=call.id,
        at=call.at,
        key_id=grant.key_id if grant is not None else None,
        address=call.address,
        model=call.model,
        upstream_model=target.model if target is not None else "",
        provider=target.provider if target is not None else "",
        credential_id=last.credential if last is not None else None,
        credential_label=last.label if last is not None else "",
        client_dialect=call.operation.dialect if call.operation is not None else "",
        upstream_dialect=target.upstream.dialect if target is not None else "",
        operation=call.operation.action if call.operation is not None else "",
        stream=call.stream,
        status=call.status,
        error_code=call.code,
        detail=call.detail[:_DETAIL_LIMIT],
        first_byte_ms=_ms(call.first - call.started) if call.first is not None else None,
        duration_ms=_ms(done - call.started),
        input_tokens=usage.input if usage is not None else None,
        output_tokens=usage.output if usage is not None else None,
        cached_tokens=usage.cached if usage is not None else None,
        thinking_tokens=usage.thinking if usage is not None else None,
        units=call.units if call.begun else 0,
        attempts=_encode(call.attempts).decode() if _worth(call) else "",
        dropped=header(call.losses) if call.losses else "",
    )


def _worth(call: Call) -> bool:
    """A first credential that simply answered is already told by the record's own columns."""
    return len(call.attempts) > 1 or any(each.reason for each in call.attempts)


def _ms(seconds: float) -> int:
    return round(seconds * 1000)
