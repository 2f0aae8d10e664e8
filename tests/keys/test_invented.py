from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from random import Random

import msgspec
import pytest

from keys import invented, records
from keys.invented import Cast, Lent
from keys.records import RequestRecord
from keys.requests import Tried
from proxy.errors import ErrorKind
from proxy.ir import Dialect

SINCE = datetime(2026, 11, 14, tzinfo=UTC)
UNTIL = SINCE + timedelta(days=7)
CAST = Cast([3, 5, 8], [Lent(4, "a", "gemini"), Lent(6, "b", "anthropic"), Lent(9, "c", "openai")])


@pytest.fixture(scope="module")
def found() -> list[RequestRecord]:
    return list(invented.requests(4_000, CAST, SINCE, UNTIL, Random(1)))


def test_there_are_as_many_as_were_wanted_in_the_order_of_time(found: list[RequestRecord]) -> None:
    assert len(found) == 4_000
    assert all(one.at <= other.at for one, other in pairwise(found))
    assert found[0].at >= SINCE
    assert found[-1].at <= UNTIL


def test_the_same_seed_makes_the_same_requests(found: list[RequestRecord]) -> None:
    assert list(invented.requests(4_000, CAST, SINCE, UNTIL, Random(1))) == found
    assert list(invented.requests(4_000, CAST, SINCE, UNTIL, Random(2))) != found


def test_ids_are_marked_unique_and_fit(found: list[RequestRecord]) -> None:
    ids = {each.request_id for each in found}
    assert len(ids) == len(found)
    assert all(name.startswith(invented.MARK) and len(name) <= 64 for name in ids)
    # The gateway's own are hexadecimal, so none of them is ever taken for one of these.
    assert set(invented.MARK) - set("0123456789abcdef")


def test_days_are_busier_than_nights(found: list[RequestRecord]) -> None:
    hours = Counter(each.at.hour for each in found)
    assert hours[10] > 3 * hours[3]


def test_most_are_answered_and_failures_are_of_every_kind(found: list[RequestRecord]) -> None:
    failed = [each for each in found if each.failed]
    assert 0.02 < len(failed) / len(found) < 0.2
    assert {each.status for each in failed} >= {200, 400, 404, 429, 502}
    assert any(each.first_byte_ms is not None for each in failed)
    assert all(each.units == 0 for each in failed if each.first_byte_ms is None)


def test_it_says_nothing_that_the_gateway_never_says(found: list[RequestRecord]) -> None:
    assert {each.error_code for each in found} - {""} <= {kind.value for kind in ErrorKind}
    dialects = {each.client_dialect for each in found} | {each.upstream_dialect for each in found}
    assert dialects - {""} <= {dialect.value for dialect in Dialect}
    assert {each.key_id for each in found} == set(CAST.keys)


def test_several_attempts_are_told_as_the_proxy_tells_them(found: list[RequestRecord]) -> None:
    several = [each for each in found if each.attempts]
    assert several
    for each in several:
        tried = msgspec.json.decode(each.attempts.encode(), type=list[Tried])
        assert (tried[-1].credential, tried[-1].label) == (
            each.credential_id,
            each.credential_label,
        )


def test_every_record_can_be_stored(found: list[RequestRecord]) -> None:
    stored = [records.row(each, each.at) for each in found]
    assert [tuple(row) for row in stored] == [msgspec.structs.astuple(each) for each in found]


def test_an_hour_that_has_just_begun_is_enough() -> None:
    until = SINCE + timedelta(minutes=5)
    assert len(list(invented.requests(10, CAST, SINCE, until, Random(1)))) == 10
