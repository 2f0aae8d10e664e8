from __future__ import annotations

import re
from datetime import timedelta
from itertools import pairwise
from typing import Any

import msgspec
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from keys import requests
from keys.models import RequestRecord
from keys.requests import Ended, Page, Tried, Wanted
from proxy.call import Attempt
from tests.support.records import NOON, record

pytestmark = pytest.mark.django_db


def names(page: Page) -> list[str]:
    return [each.request_id for each in page.records]


def found(**wanted: Any) -> set[str]:
    return set(names(requests.page(Wanted(**wanted))))


def test_the_newest_comes_first() -> None:
    for name, ago in (("old", 9), ("new", 1), ("middle", 5)):
        record(name, ago=ago)
    assert names(requests.page(Wanted())) == ["new", "middle", "old"]


def test_an_empty_log_has_no_pages() -> None:
    assert requests.page(Wanted(model="m")) == Page([], None, None)


def test_pages_neither_repeat_nor_skip_even_at_one_moment() -> None:
    for number in range(7):
        record(f"r{number}", ago=number // 4)
    seen: list[str] = []
    after = None
    while True:
        page = requests.page(Wanted(), after=after, size=3)
        seen += names(page)
        if (after := page.next) is None:
            break
    assert seen == ["r3", "r2", "r1", "r0", "r6", "r5", "r4"]


NARROW: list[tuple[dict[str, Any], dict[str, Any]]] = [
    ({"keys": (3,)}, {"key_id": 3}),
    ({"keys": (3, 4)}, {"key_id": 3}),
    ({"model": "FLASH"}, {"model": "gemini-2.5-flash"}),
    ({"model": "sonnet"}, {"upstream_model": "claude-sonnet-4-5"}),
    ({"credential": 9}, {"credential_id": 9}),
    ({"label": "小明"}, {"credential_label": "小明的账号"}),
    ({"provider": "openai"}, {"provider": "openai"}),
    ({"dialect": "anthropic"}, {"client_dialect": "anthropic"}),
    ({"dialect": "code_assist"}, {"upstream_dialect": "code_assist"}),
    ({"ended": Ended.FAILED}, {"status": 502}),
    ({"ended": Ended.FAILED}, {"error_code": "upstream_failed"}),
    ({"status": (429, 429)}, {"status": 429}),
    ({"status": (500, 599)}, {"status": 504}),
    ({"code": "forbidden"}, {"error_code": "forbidden"}),
    ({"slower": 5_000}, {"duration_ms": 5_001}),
    ({"stream": True}, {"stream": True}),
    ({"dropped": True}, {"dropped": "seed"}),
    ({"address": "2001:db8:"}, {"address": "2001:db8::7"}),
    ({"request_id": "other"}, {}),
    ({"since": NOON - timedelta(seconds=5)}, {"at": NOON - timedelta(seconds=5)}),
    ({"until": NOON - timedelta(days=2)}, {"at": NOON - timedelta(days=2)}),
]


@pytest.mark.parametrize(("wanted", "values"), NARROW, ids=lambda each: "-".join(each) or "none")
def test_a_filter_finds_its_own(wanted: dict[str, Any], values: dict[str, Any]) -> None:
    record("usual", ago=60)
    record("other", **values)
    assert found(**wanted) == {"other"}


def test_filters_narrow_together() -> None:
    record("both", status=429, stream=True)
    record("one", status=429)
    assert found(status=(400, 499), stream=True, dialect="gemini") == {"both"}


def test_answered_is_the_opposite_of_failed() -> None:
    record("good")
    record("bad", status=404)
    record("broke", error_code="upstream_failed")
    assert found(ended=Ended.ANSWERED) == {"good"}
    assert found(ended=Ended.FAILED) == {"bad", "broke"}


def test_the_requests_of_no_key_are_none() -> None:
    record("of nobody", key_id=None)
    assert found(keys=()) == set()
    assert found(keys=(5,)) == set()


def test_a_percent_sign_is_a_letter() -> None:
    record("r")
    assert found(model="%") == found(address="%") == found(label="_") == set()


@pytest.mark.parametrize("text", ["a\0b", "\ud800", "x" * 10_000, "'; DROP TABLE keys;--"])
def test_no_text_is_too_odd_to_look_for(text: str) -> None:
    fields = ("model", "label", "provider", "dialect", "code", "address", "request_id")
    assert all(found(**{field: text}) == set() for field in fields)
    assert requests.find(text) is None


def test_a_search_stops_says_how_far_it_came_and_goes_on() -> None:
    for number in range(10):
        record(f"r{number}", ago=number, status=418 if number in (1, 8) else 200)
    wanted = Wanted(status=(418, 418))
    first = requests.page(wanted, reach=4)
    assert names(first) == ["r1"]
    assert first.searched == NOON - timedelta(seconds=4)
    second = requests.page(wanted, after=first.next, reach=4)
    assert names(second) == ["r8"]
    assert second.searched == NOON - timedelta(seconds=9)
    assert requests.page(wanted, after=second.next, reach=4) == Page([], None, None)


def test_a_full_page_is_not_called_a_pause() -> None:
    for number in range(10):
        record(f"r{number}", ago=number)
    page = requests.page(Wanted(provider="gemini"), size=3, reach=5)
    assert (len(page.records), page.searched) == (3, None)
    assert page.next is not None


def test_what_an_index_finds_never_pauses() -> None:
    for number in range(10):
        record(f"r{number}", ago=number, key_id=2 + number % 2)
    assert requests.page(Wanted(keys=(2,)), reach=2).searched is None
    assert requests.page(Wanted(request_id="r9", status=(200, 200)), reach=2).searched is None


def test_a_search_pauses_within_one_key_by_its_own_records() -> None:
    for number in range(10):
        record(f"r{number}", ago=number, key_id=2 + number % 2)
    page = requests.page(Wanted(keys=(2,), code="none"), reach=3)
    assert page.searched == NOON - timedelta(seconds=6)


@pytest.mark.parametrize(
    "cursor", ["", "x", "1", "1.x", "9" * 18 + ".1", "-" + "9" * 18 + ".1", "1.2.3", "١.٢"]
)
def test_a_cursor_of_nothing_is_refused(cursor: str) -> None:
    with pytest.raises(ValueError, match="no list of requests"):
        requests.page(Wanted(), after=cursor)


def test_a_cursor_may_name_any_id() -> None:
    record("r")
    assert names(requests.page(Wanted(), after="9" * 16 + "." + "9" * 19)) == ["r"]


@pytest.mark.parametrize(
    ("wanted", "index"),
    [
        (Wanted(status=(500, 599)), "_at_"),
        (Wanted(since=NOON, until=NOON, provider="x"), "_at_"),
        (Wanted(keys=(1,), status=(500, 599)), "requestrecord_key_at"),
        (Wanted(request_id="r"), "request_id"),
    ],
)
def test_no_page_reads_or_sorts_the_whole_table(wanted: Wanted, index: str) -> None:
    record("r")
    with CaptureQueriesContext(connection) as said:
        requests.page(wanted, after="1800000000000000.5", reach=0)
    for query in said.captured_queries:
        with connection.cursor() as cursor:
            cursor.execute(f"EXPLAIN QUERY PLAN {query['sql']}")
            plan = " ".join(str(row[-1]) for row in cursor.fetchall())
        assert index in plan
        assert "SCAN" not in plan
        assert "TEMP B-TREE" not in plan or index == "request_id"


def test_there_is_one_bound_on_either_side() -> None:
    """Of two, SQLite goes by the first, and walks through all that lies before the second."""
    for number in range(5):
        record(f"r{number}", ago=number)
    wanted = Wanted(since=NOON - timedelta(days=9), until=NOON + timedelta(days=9), code="x")
    with CaptureQueriesContext(connection) as said:
        requests.page(wanted, after="1800000000000000.5", reach=1)
    for query in said.captured_queries:
        bounds = re.findall(r'"at" ([<>]=) ', query["sql"])
        assert bounds == [">=", "<="]


HOURS = st.none() | st.integers(0, 12)


@given(
    st.lists(st.tuples(st.integers(0, 12), st.booleans()), max_size=12),
    HOURS,
    HOURS,
    st.integers(1, 4),
    st.integers(1, 4),
)
def test_page_by_page_it_finds_what_one_look_at_all_finds(
    rows: list[tuple[int, bool]], since: int | None, until: int | None, size: int, reach: int
) -> None:
    RequestRecord.objects.all().delete()
    made = [
        record(f"r{place}", ago=ago, error_code="x" if bad else "")
        for place, (ago, bad) in enumerate(rows)
    ]
    bounds = [None if ago is None else NOON - timedelta(seconds=ago) for ago in (since, until)]
    wanted = Wanted(since=bounds[0], until=bounds[1], code="x")
    due = [
        each
        for each in made
        if each.error_code == "x"
        and (bounds[0] is None or each.at >= bounds[0])
        and (bounds[1] is None or each.at <= bounds[1])
    ]
    due.sort(key=lambda each: (each.at, each.pk), reverse=True)
    assert walk(wanted, size, reach) == [each.request_id for each in due]


def walk(wanted: Wanted, size: int, reach: int) -> list[str]:
    seen: list[str] = []
    after = None
    while True:
        page = requests.page(wanted, after=after, size=size, reach=reach)
        seen += names(page)
        if (after := page.next) is None:
            return seen


def test_less_is_looked_through_of_one_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(requests, "SCATTERED", 2)
    for number in range(6):
        record(f"r{number}", ago=number, key_id=2)
    assert requests.page(Wanted(keys=(2,), code="x")).searched == NOON - timedelta(seconds=2)
    assert requests.page(Wanted(keys=(2, 3), code="x")).searched is None


def test_every_record_is_read_piece_by_piece(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(requests, "_CHUNK", 2)
    for number in range(5):
        record(f"r{number}", ago=number)
    pieces = [[each.request_id for each in some] for some in requests.every(Wanted())]
    assert pieces == [["r0", "r1"], ["r2", "r3"], ["r4"]]


def test_a_request_is_found_by_its_id() -> None:
    record("mine", units=3)
    one = requests.find("mine")
    assert one is not None
    assert one.units == 3
    assert requests.find("yours") is None


TWO = '[[4,"a","RateLimited","429 per-minute: wait",0.5],[5,"b","Succeeded","",1.5]]'


@pytest.mark.parametrize(
    ("attempts", "shown"),
    [
        (TWO, [(4, "RateLimited", 0.5), (5, "Succeeded", 1.5)]),
        (TWO[:-9], [(4, "RateLimited", 0.5)]),
        ("", [(7, "Succeeded", None)]),
        ("[[4", []),
        ("{}", []),
        ("null", []),
        ("[" * 50_000, []),
    ],
)
def test_what_was_tried_is_read_as_far_as_it_goes(
    attempts: str, shown: list[tuple[object, ...]]
) -> None:
    tried = requests.tried(record(attempts=attempts))
    assert [(each.credential, each.result, each.seconds) for each in tried] == shown


def test_nothing_was_tried_where_no_credential_is_named() -> None:
    assert requests.tried(record(credential_id=None)) == []


def test_attempts_are_written_as_they_are_read() -> None:
    written = msgspec.json.encode([Attempt(4, "a", "Stumbled", "503", 0.25)]).decode()
    assert requests.tried(record(attempts=written)) == [Tried(4, "a", "Stumbled", "503", 0.25)]
    assert Attempt._fields == Tried._fields


def test_ids_grow_with_time_or_not_and_order_is_that_of_time() -> None:
    for number, ago in enumerate((3, 1, 2)):
        record(f"r{number}", ago=ago)
    moments = [each.at for each in requests.page(Wanted()).records]
    assert all(one > other for one, other in pairwise(moments))
