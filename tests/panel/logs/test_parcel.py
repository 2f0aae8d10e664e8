from __future__ import annotations

import msgspec
import pytest

from panel.logs import parcel
from panel.logs.parcel import Inbox, pack
from panel.logs.ring import Ring


def ring(run: str, lines: int = 0, size: int = 1_000) -> Ring:
    found = Ring(lambda text: text.replace("secret", "[…]"), run=run, size=size)
    found.process = run
    talk(found, lines)
    return found


def talk(found: Ring, lines: int) -> None:
    for number in range(lines):
        found.append(0.0, 20, "test", f"{found.run}: {number}")


def shown(found: Ring) -> list[tuple[str, str, int]]:
    entries = found.after(0).entries
    return [(found.line(each).process, found.line(each).text, each.lost) for each in entries]


def sent(source: Ring, seq: int = 0) -> bytes:
    data = pack(source, seq).data
    assert data is not None
    return data


def test_lines_of_two_processes_come_together() -> None:
    one, two = ring("one", 1), ring("two", 2)
    Inbox(one).take(sent(two))
    assert shown(one) == [("one", "one: 0", 0), ("two", "two: 0", 0), ("two", "two: 1", 0)]


def test_nothing_is_sent_on() -> None:
    one, two = ring("one"), ring("two", 2)
    Inbox(one).take(sent(two))
    assert pack(one, 0) == (None, 2, False)


def test_what_a_process_said_itself_does_not_come_back() -> None:
    one = ring("one", 2)
    Inbox(one).take(sent(one))
    assert len(shown(one)) == 2


def test_secrets_are_out_before_it_is_sent() -> None:
    one = ring("one")
    one.append(0.0, 20, "test", "a secret")
    assert b"secret" not in sent(one)


def test_what_is_sent_twice_is_shown_once() -> None:
    one, two = ring("one"), ring("two", 2)
    inbox = Inbox(one)
    inbox.take(sent(two))
    talk(two, 1)
    inbox.take(sent(two))
    assert [text for _, text, _ in shown(one)] == ["two: 0", "two: 1", "two: 0"]


def test_what_left_the_ring_before_it_was_sent_is_counted() -> None:
    one, two = ring("one"), ring("two", 2, size=5)
    inbox = Inbox(one)
    first = pack(two, 0)
    inbox.take(first.data or b"")
    # Lines of a third process in its ring are not missed by anybody.
    Inbox(two).take(sent(ring("three", 3)))
    talk(two, 9)
    inbox.take(sent(two, first.last))
    assert [lost for _, _, lost in shown(one)] == [0, 0, 4, 0, 0, 0, 0]


def test_what_was_said_while_nobody_watched_is_not_missed() -> None:
    one, two = ring("one"), ring("two", 1)
    inbox = Inbox(one)
    inbox.take(sent(two))
    inbox.forget()
    talk(two, 5)
    inbox.take(sent(two, 4))
    assert [lost for _, _, lost in shown(one)] == [0, 0, 0]


def test_a_parcel_has_its_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    two = ring("two", parcel.MOST + 1)
    packed = pack(two, 0)
    assert (packed.last, packed.more) == (parcel.MOST, True)
    assert pack(two, packed.last).more is False
    monkeypatch.setattr(parcel, "_BYTES", 15)
    assert pack(two, 0).last == 3


def test_only_so_many_processes_are_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parcel, "_RUNS", 2)
    inbox = Inbox(ring("one"))
    for run in ("a", "b", "a", "c"):
        inbox.take(sent(ring(run, 1)))
    assert list(inbox._seen) == ["a", "c"]


@pytest.mark.parametrize("data", ["", "[]", "{}", '{"run": "x", "lines": [1]}'])
def test_what_is_no_parcel_is_refused(data: str) -> None:
    with pytest.raises(msgspec.DecodeError):
        Inbox(ring("one")).take(data)
