"""Sessions and where they were served: bounded, and only for a while."""

from __future__ import annotations

from datetime import timedelta

from credentials.affinity import Affinity
from tests.credentials.fakes import NOW

HOUR = timedelta(hours=1)


def test_a_session_is_found_where_it_was_served() -> None:
    found = Affinity()
    found.take("s", "gemini", 7, NOW)
    assert found.find("s", "gemini", NOW) == 7
    assert found.find("s", "vertex", NOW) is None
    assert found.find("t", "gemini", NOW) is None


def test_it_is_forgotten_after_an_hour_without_a_call() -> None:
    found = Affinity()
    found.take("s", "gemini", 7, NOW)
    found.take("s", "gemini", 8, NOW + HOUR / 2)
    assert found.find("s", "gemini", NOW + HOUR) == 8
    assert found.find("s", "gemini", NOW + 2 * HOUR) is None
    assert len(found) == 0


def test_home_is_who_answered_not_who_was_asked() -> None:
    found = Affinity()
    found.take("s", "gemini", 7, NOW)
    assert found.home("s", NOW) == ""
    found.take("s", "vertex", 9, NOW)
    found.answered("s", "vertex", NOW)
    found.take("s", "gemini", 7, NOW)
    assert found.home("s", NOW) == "vertex"
    assert found.home("s", NOW + HOUR) == ""


def test_the_oldest_sessions_make_room() -> None:
    found = Affinity(most=3)
    for number in range(4):
        found.take(f"s{number}", "gemini", number, NOW)
    found.take("s1", "gemini", 1, NOW)
    found.take("s4", "gemini", 4, NOW)
    assert [found.find(f"s{number}", "gemini", NOW) for number in range(5)] == [None, 1, None, 3, 4]


def test_a_session_has_few_places() -> None:
    found = Affinity()
    for number in range(9):
        found.take("s", f"p{number}", number, NOW)
    known = [number for number in range(9) if found.find("s", f"p{number}", NOW) is not None]
    assert known == [5, 6, 7, 8]


def test_it_can_be_turned_off_without_a_restart() -> None:
    lasts = [3600.0]
    found = Affinity(lambda: lasts[0])
    found.take("s", "gemini", 7, NOW)
    lasts[0] = 0.0
    assert found.find("s", "gemini", NOW) is None
    found.take("s", "gemini", 7, NOW)
    assert len(found) == 0


def test_no_session_is_no_session() -> None:
    found = Affinity()
    found.take("", "gemini", 7, NOW)
    found.answered("", "gemini", NOW)
    assert (found.find("", "gemini", NOW), found.home("", NOW), len(found)) == (None, "", 0)
    assert repr(found) == "<Affinity of 0 sessions>"
