"""What is remembered, and for how long."""

from __future__ import annotations

import threading

import pytest

from gateway.simulator.journal import Exchange, Journal, Side


def begin(journal: Journal, body: bytes = b"{}") -> Exchange:
    return journal.begin("POST", "/", body, query={}, headers={}, started=1.0)


def test_an_exchange_is_open_until_it_is_closed() -> None:
    journal = Journal()
    entry = begin(journal)
    assert [each.number for each in journal.open] == [entry.number]
    journal.close(entry, Side.CLIENT, 2.0)
    assert not journal.open
    assert (entry.closed_by, entry.closed_at) == (Side.CLIENT, 2.0)


def test_the_first_byte_has_one_time() -> None:
    journal = Journal()
    entry = begin(journal)
    journal.wrote(entry, 2.0)
    journal.wrote(entry, 3.0)
    assert (entry.first_byte, entry.pieces) == (2.0, 2)


def test_the_oldest_are_forgotten() -> None:
    journal = Journal()
    for _ in range(501):
        begin(journal)
    assert [journal.requests[0].number, journal.requests[-1].number] == [2, 501]


def test_clearing_forgets_what_is_open_too() -> None:
    journal = Journal()
    entry = begin(journal)
    journal.clear()
    assert not journal.requests
    journal.close(entry, Side.CLIENT, 2.0)
    assert begin(journal).number == 2


def test_waiting_ends_when_another_thread_closes() -> None:
    journal = Journal()
    entry = begin(journal)
    closer = threading.Thread(target=journal.close, args=(entry, Side.SERVER, 2.0))
    closer.start()
    assert journal.wait(lambda seen: not seen[0].open, timeout=5)
    closer.join()


def test_waiting_gives_up() -> None:
    assert not Journal().wait(lambda seen: bool(seen), timeout=0)


def test_a_body_that_is_no_json_says_so() -> None:
    with pytest.raises(ValueError, match="Expecting value"):
        _ = begin(Journal(), b"nope").json
