"""The request log as a table."""

from __future__ import annotations

import csv
import io
import logging
from collections.abc import AsyncIterator
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from django.core.handlers.asgi import ASGIRequest
from django.db import connection
from django.http import StreamingHttpResponse
from django.test import AsyncClient, Client
from django.test.utils import CaptureQueriesContext

from keys import requests
from keys.models import ApiKey
from panel.pages.requests.export import COLUMNS, harmless, written
from tests.support.console import PASSWORD, Person
from tests.support.records import NOON, record

pytestmark = pytest.mark.django_db

TABLE = "/panel/requests/export"


def rows(client: Client, query: str = "") -> list[dict[str, str]]:
    answer = client.get(f"{TABLE}?{query}")
    assert isinstance(answer, StreamingHttpResponse)
    return list(csv.DictReader(io.StringIO(answer.getvalue().decode("utf-8-sig"), newline="")))


def test_a_line_has_every_column(inside: Client, alice: Person) -> None:
    record("r1", key_id=alice.id, detail="two\nlines", cached_tokens=None, stream=True)
    [row] = rows(inside)
    assert tuple(row) == COLUMNS
    assert (row["request_id"], row["key"], row["key_id"]) == ("r1", "Alice", str(alice.id))
    assert (row["at"], row["detail"], row["stream"]) == (NOON.isoformat(), "two\nlines", "True")
    assert (row["units"], row["cached_tokens"]) == ("10", "")


def test_it_holds_what_the_filters_leave_newest_first(inside: Client) -> None:
    for number in range(4):
        record(f"r{number}", ago=number, status=429 if number % 2 else 200)
    assert [row["request_id"] for row in rows(inside, "status=429")] == ["r1", "r3"]


def test_it_is_sent_while_it_is_read(inside: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(requests, "_CHUNK", 2)
    for number in range(5):
        record(f"r{number}", ago=number)
    answer = inside.get(TABLE)
    assert isinstance(answer, StreamingHttpResponse)
    assert len(list(answer)) == 1 + 3


def test_lines_cost_no_queries_of_their_own(inside: Client, alice: Person) -> None:
    for number in range(9):
        record(f"r{number}", key_id=alice.id)
    with CaptureQueriesContext(connection) as said:
        assert len(list(written(requests.Wanted()))) == 2
    assert len(said) == 2


def test_chinese_survives_a_spreadsheet(inside: Client) -> None:
    record(model="流式抗截断/gemini")
    answer = inside.get(TABLE)
    assert isinstance(answer, StreamingHttpResponse)
    whole = answer.getvalue()
    assert whole.startswith(b"\xef\xbb\xbfrequest_id,")
    assert "流式抗截断/gemini".encode() in whole
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    assert answer["Content-Disposition"] == 'attachment; filename="potluck-requests.csv"'


@pytest.mark.parametrize("odd", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1"])
def test_no_cell_is_a_formula(inside: Client, alice: Person, odd: str) -> None:
    ApiKey.objects.filter(pk=alice.id).update(description=odd)
    texts = ("address", "model", "upstream_model", "provider", "credential_label", "detail")
    values: dict[str, Any] = dict.fromkeys((*texts, "error_code", "dropped"), odd)
    record(odd, key_id=alice.id, **values)
    [row] = rows(inside)
    assert {row[name] for name in ("request_id", "key", *values)} == {f"'{odd}"}


@pytest.mark.parametrize("value", [-5, None, "plain", "a=b", "", True])
def test_what_is_no_formula_stays(value: object) -> None:
    assert harmless(value) is value


def test_quotes_and_commas_stay_in_their_cells(inside: Client) -> None:
    record(detail='a "b", c;\r\n=d', dropped="x, y")
    [row] = rows(inside)
    assert (row["detail"], row["dropped"]) == ('a "b", c;\r\n=d', "x, y")


def test_who_took_it_is_noted(inside: Client, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO, "potluck.audit"):
        rows(inside, "status=429&model=pro")
    assert "requests.export" in caplog.text
    assert "'status': '429'" in caplog.text


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("console")
def test_a_server_that_is_asynchronous_gets_it_piece_by_piece() -> None:
    record("r1")

    async def story() -> tuple[bool, list[bytes]]:
        client = AsyncClient()
        await client.post("/login", {"password": PASSWORD})
        answer = await client.get(TABLE)
        assert isinstance(answer, StreamingHttpResponse)
        assert isinstance(answer.asgi_request, ASGIRequest)
        pieces = answer.streaming_content
        assert isinstance(pieces, AsyncIterator)
        return answer.is_async, [piece async for piece in pieces]

    streamed, pieces = async_to_sync(story)()
    assert streamed
    assert len(pieces) == 2
    assert pieces[1].startswith(b"r1,")
