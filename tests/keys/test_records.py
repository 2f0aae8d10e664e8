from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from keys import records
from keys.records import RequestRecord, Usage

AT = datetime(2026, 11, 21, 23, 30, tzinfo=UTC)


def record(**fields: object) -> RequestRecord:
    known = {"request_id": "r", "at": AT, "key_id": 1, "upstream_model": "m", "status": 200}
    return RequestRecord(**(known | fields))  # type: ignore[arg-type]


def test_calls_are_summed_by_key_model_and_day() -> None:
    found = records.roll_up(
        [
            record(units=2, input_tokens=5, output_tokens=7),
            record(units=3),
            record(key_id=2, status=502),
            record(upstream_model="n", error_code="client_disconnected"),
        ],
        UTC,
    )
    day = date(2026, 11, 21)
    assert found == {
        (1, "m", day): Usage(2, 0, 5, 5, 7),
        (2, "m", day): Usage(1, 1),
        (1, "n", day): Usage(1, 1),
    }


def test_a_day_begins_in_the_zone_that_was_chosen() -> None:
    found = records.roll_up([record()], timezone(timedelta(hours=8)))
    assert list(found) == [(1, "m", date(2026, 11, 22))]


def test_a_request_without_a_key_counts_nowhere() -> None:
    assert records.roll_up([record(key_id=None)], UTC) == {}


@pytest.mark.parametrize(
    ("text", "room", "clean"),
    [
        pytest.param("gemini", 10, "gemini", id="fine"),
        pytest.param("a" * 11, 10, "a" * 10, id="too long"),
        pytest.param("a\0b", 10, "a�b", id="NUL"),
        pytest.param("a\ud800b", 10, "a?b", id="half a pair"),
        pytest.param("a\n百", 10, "a\n百", id="lines"),
    ],
)
def test_a_text_is_made_to_fit_any_database(text: str, room: int, clean: str) -> None:
    assert records.clean(text, room) == clean


def test_a_row_has_the_columns_in_order_and_its_texts_cleaned() -> None:
    row = records.row(record(model="x\0" * 500, attempts=json.dumps(["a"])), "then")
    values = dict(zip(records.COLUMNS, row, strict=True))
    assert values["at"] == "then"
    assert values["model"] == "x�" * 100
    assert values["attempts"] == '["a"]'
