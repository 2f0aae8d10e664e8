"""Flows in the database: how many, how long, and whose."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from credentials.models import Flow
from credentials.oauth import record
from credentials.oauth.desk import Desk
from credentials.oauth.states import Grant, Status
from credentials.oauth.troubles import FlowError, Trouble, sentence
from tests.credentials.fakes import Clock
from tests.credentials.oauth.conftest import OTHER, SESSION

pytestmark = pytest.mark.django_db


def opened(desk: Desk, session: str = SESSION, **columns: Any) -> Flow:
    record.room(desk, session)
    return record.begin(desk, session, Grant.CODE, "acme", "planted-secret", **columns)


def test_nothing_that_is_stored_lets_anybody_in(scripted: Desk) -> None:
    opened(scripted, state=record.digest("planted-state"))
    row = repr(Flow.objects.values().get()) + str(Flow.objects.get())
    assert "planted" not in row


def test_a_session_keeps_its_newest_flows(scripted: Desk, clock: Clock) -> None:
    rows = []
    for _ in range(8):
        clock.advance(1)
        rows.append(opened(scripted))
    kept = set(Flow.objects.values_list("pk", flat=True))
    assert kept == {row.pk for row in rows[-5:]}


def test_ten_thousand_starts_do_not_fill_the_database(scripted: Desk) -> None:
    small = replace(scripted, most=10)
    for number in range(10):
        opened(small, f"session of visitor {number}")
    with pytest.raises(FlowError) as caught:
        opened(small, "session of one more")
    assert (caught.value.trouble, Flow.objects.count()) == (Trouble.BUSY, 10)


def test_starts_that_were_given_up_do_not_either(scripted: Desk, clock: Clock) -> None:
    small = replace(scripted, most=10)
    for number in range(40):
        clock.advance(1)
        record.fail(opened(small, f"session of visitor {number}"), FlowError(Trouble.DENIED))
    assert Flow.objects.count() <= 11


def test_there_is_room_again_after_ten_minutes(scripted: Desk, clock: Clock) -> None:
    small = replace(scripted, most=1)
    opened(small)
    clock.advance(600)
    opened(small, OTHER)
    assert set(Flow.objects.values_list("status", flat=True)) == {"expired", "pending"}


def test_an_expired_flow_holds_nothing_and_is_forgotten(scripted: Desk, clock: Clock) -> None:
    opened(scripted)
    clock.advance(600)
    assert record.prune(clock.now) == 0
    assert Flow.objects.get().sealed == ""
    clock.advance(3_600)
    assert record.prune(clock.now) == 1


def test_it_can_be_claimed_once_and_in_time(scripted: Desk, clock: Clock) -> None:
    one, late = opened(scripted), opened(scripted)
    assert [record.claim(one, clock.now), record.claim(one, clock.now)] == [True, False]
    clock.advance(600)
    assert not record.claim(late, clock.now)


def test_a_claimed_flow_fails_with_what_is_raised(scripted: Desk, clock: Clock) -> None:
    denied, broken = opened(scripted), opened(scripted)
    with pytest.raises(FlowError), record.ending(denied):
        raise FlowError(Trouble.DENIED, "access_denied")
    with pytest.raises(ZeroDivisionError), record.ending(broken):
        _ = 1 / 0
    found = [record.view(SESSION, row.public_id, clock.now) for row in (denied, broken)]
    assert [each and each.error for each in found] == [
        sentence(Trouble.DENIED, "access_denied"),
        sentence(Trouble.INTERNAL),
    ]


def test_what_is_done_stays_done(scripted: Desk, clock: Clock) -> None:
    row = opened(scripted, purpose="contribution 7")
    record.done(row, 42)
    record.fail(row, FlowError(Trouble.STALE))
    found = record.view(SESSION, row.public_id, clock.now)
    assert found is not None
    assert (found.status, found.credential, found.error) == (Status.DONE, 42, "")
    assert (found.purpose, found.provider, found.grant) == ("contribution 7", "acme", Grant.CODE)


def test_an_old_flow_is_shown_as_expired_before_anybody_prunes(
    scripted: Desk, clock: Clock
) -> None:
    row = opened(scripted)
    clock.advance(600)
    found = record.view(SESSION, row.public_id, clock.now)
    assert found is not None
    assert (found.status, found.error) == (Status.EXPIRED, sentence(Trouble.EXPIRED))


@pytest.mark.parametrize("session", [OTHER, "", "\ud800", "x" * 100_000], ids=range(4))
def test_nobody_else_sees_it(scripted: Desk, clock: Clock, session: str) -> None:
    row = opened(scripted)
    assert record.view(session, row.public_id, clock.now) is None


@pytest.mark.parametrize("id", ["", "another", "x" * 22, "\ud800" * 22, "\0" * 22, "x" * 100_000])
def test_what_is_no_flow_is_not_found(clock: Clock, id: str) -> None:
    assert record.view(SESSION, id, clock.now) is None


@pytest.mark.parametrize("session", ["", "short"])
def test_a_session_that_anybody_may_have_begins_nothing(scripted: Desk, session: str) -> None:
    with pytest.raises(ValueError, match="random text"):
        opened(scripted, session)


def test_a_note_is_cut_to_what_is_stored(scripted: Desk) -> None:
    assert len(opened(scripted, purpose="x" * 1_000).purpose) == 200
