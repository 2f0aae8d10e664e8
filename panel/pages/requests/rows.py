"""A request as a row of the list: what the page shows of it, and nothing else."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from keys.models import ApiKey, RequestRecord
from panel.pages.requests import words
from panel.pages.requests.outcome import Outcome, judge


class Asker(NamedTuple):
    """Whose key it was; `id` is 0 for one that is gone."""

    id: int
    name: str


@dataclass(frozen=True, slots=True)
class Row:
    """`first` and `total` are spans in words; tokens are None where nobody said."""

    id: str
    number: int
    at: datetime
    asker: Asker
    model: str
    answered_by: str
    provider: str
    credential: str
    came_in: str
    went_out: str
    outcome: Outcome
    status: int
    code: str
    stream: bool
    first: str
    total: str
    input: int | None
    output: int | None
    units: int
    dropped: str


def rows(records: Sequence[RequestRecord]) -> list[Row]:
    who = askers({record.key_id for record in records if record.key_id is not None})
    return [row(record, who.get(record.key_id or 0, Asker(0, ""))) for record in records]


def row(record: RequestRecord, asker: Asker) -> Row:
    upstream = record.upstream_model
    return Row(
        id=record.request_id,
        number=record.pk,
        at=record.at,
        asker=asker,
        model=record.model or upstream,
        answered_by="" if upstream == record.model else upstream,
        provider=record.provider,
        credential=record.credential_label,
        came_in=words.dialect(record.client_dialect),
        went_out=words.dialect(record.upstream_dialect),
        outcome=judge(record),
        status=record.status,
        code=record.error_code,
        stream=record.stream,
        first=words.span(record.first_byte_ms),
        total=words.span(record.duration_ms),
        input=record.input_tokens,
        output=record.output_tokens,
        units=record.units,
        dropped=record.dropped,
    )


def askers(ids: Collection[int]) -> dict[int, Asker]:
    """Id of a key → who that is. Keys that ended keep their names."""
    found = ApiKey.objects.filter(pk__in=ids)
    return {
        key_id: Asker(0 if deleted else key_id, description or masked)
        for key_id, deleted, description, masked in found.values_list(
            "pk", "deleted", "description", "masked"
        )
    }
