"""Request records for tests, without naming what does not matter."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from keys.models import RequestRecord

NOON = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)

_USUAL: dict[str, Any] = {
    "address": "192.0.2.1",
    "model": "gemini-2.5-pro",
    "upstream_model": "gemini-2.5-pro",
    "provider": "gemini",
    "credential_id": 7,
    "credential_label": "of Ada",
    "client_dialect": "openai_chat",
    "upstream_dialect": "gemini",
    "operation": "generate",
    "stream": False,
    "status": 200,
    "error_code": "",
    "detail": "",
    "first_byte_ms": 300,
    "duration_ms": 1_200,
    "input_tokens": 11,
    "output_tokens": 22,
    "units": 10,
    "attempts": "",
    "dropped": "",
}


def record(name: str = "r1", *, ago: float = 0, **values: Any) -> RequestRecord:
    """One that was written, `ago` seconds before NOON unless it says `at`."""
    values.setdefault("at", NOON - timedelta(seconds=ago))
    return RequestRecord.objects.create(request_id=name, **(_USUAL | values))
