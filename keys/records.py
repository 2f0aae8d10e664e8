"""What is remembered of a request, and its roll-up by day. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, tzinfo
from typing import Any

import msgspec


class RequestRecord(msgspec.Struct, frozen=True, kw_only=True):
    """One request, without what was said. `at` is aware; tokens are None where nobody said.

    `model` is the name that was asked for, `upstream_model` the one that answered ("" = none was
    asked). `status` is the client's HTTP status, `error_code` a stable code ("" = answered),
    `detail` at most 2 kB. `units` is what was charged. `attempts` is JSON text, `dropped` names
    what a translation could not carry.
    """

    request_id: str
    at: datetime
    key_id: int | None = None
    address: str = ""
    model: str = ""
    upstream_model: str = ""
    provider: str = ""
    credential_id: int | None = None
    credential_label: str = ""
    client_dialect: str = ""
    upstream_dialect: str = ""
    operation: str = ""
    stream: bool = False
    status: int = 0
    error_code: str = ""
    detail: str = ""
    first_byte_ms: int | None = None
    duration_ms: int = 0
    input_tokens: int | None = None
    output_tokens: int | None = None
    cached_tokens: int | None = None
    thinking_tokens: int | None = None
    units: int = 0
    attempts: str = ""
    dropped: str = ""

    @property
    def failed(self) -> bool:
        return self.status >= 400 or bool(self.error_code)


COLUMNS = tuple(RequestRecord.__struct_fields__)

_ROOM = {
    "request_id": 64,
    "address": 64,
    "model": 200,
    "upstream_model": 200,
    "provider": 100,
    "credential_label": 200,
    "client_dialect": 32,
    "upstream_dialect": 32,
    "operation": 32,
    "error_code": 64,
    "detail": 2048,
    "attempts": 16_384,
    "dropped": 4_096,
}
_TEXTS = tuple((COLUMNS.index(name), room) for name, room in _ROOM.items())
_AT = COLUMNS.index("at")


def row(record: RequestRecord, at: object) -> list[object]:
    """The values of `COLUMNS`, with `at` as the database wants it and texts that it will take.

    Clients choose some of these texts, and one that a database refuses (too long, a NUL, half of
    a surrogate pair) would take the transaction of everybody else's quota down with it.
    """
    values: list[Any] = list(msgspec.structs.astuple(record))
    values[_AT] = at
    for index, room in _TEXTS:
        text: str = values[index]
        if len(text) > room or not text.isprintable():
            values[index] = clean(text, room)
    return values


def clean(text: str, room: int) -> str:
    """At most `room` characters, no NUL, valid Unicode."""
    text = text[:room].replace("\0", "�")
    return text.encode("utf-8", "replace").decode()


class Usage(msgspec.Struct, frozen=True):
    """Sums of one key, model and day."""

    calls: int = 0
    failed: int = 0
    units: int = 0
    input_tokens: int = 0
    output_tokens: int = 0


Day = tuple[int, str, date]
"""Key id, upstream model, calendar day."""


def roll_up(records: Iterable[RequestRecord], zone: tzinfo) -> dict[Day, Usage]:
    """Sums by key, upstream model and the calendar day in `zone`; requests without a key count
    nowhere.

    By upstream model, since callers can invent any number of names to ask for.
    """
    sums: dict[Day, Usage] = {}
    for record in records:
        if record.key_id is None:
            continue
        model = clean(record.upstream_model, _ROOM["upstream_model"])
        day = (record.key_id, model, record.at.astimezone(zone).date())
        sums[day] = _add(sums.get(day, Usage()), record)
    return sums


def _add(usage: Usage, record: RequestRecord) -> Usage:
    return Usage(
        usage.calls + 1,
        usage.failed + record.failed,
        usage.units + record.units,
        usage.input_tokens + (record.input_tokens or 0),
        usage.output_tokens + (record.output_tokens or 0),
    )
