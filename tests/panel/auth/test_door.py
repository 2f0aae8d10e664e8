from __future__ import annotations

import asyncio
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Barrier, Lock, get_ident

import pytest

from keys.lockout import ACCOUNT, ADDRESS
from panel.auth.door import Door, Memory, Refused

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
HOME, AWAY = "192.0.2.1", "198.51.100.7"


class Verifier:
    """Knows that "right" is right, and who asked it how often and how many at a time."""

    def __init__(self) -> None:
        self.calls = 0
        self.running = 0
        self.most = 0
        self.threads: set[int] = set()
        self._lock = Lock()

    def __call__(self, attempt: str) -> bool:
        with self._lock:
            self.calls += 1
            self.running += 1
            self.most = max(self.most, self.running)
            self.threads.add(get_ident())
        with pytest.raises(RuntimeError):
            asyncio.get_running_loop()
        with self._lock:
            self.running -= 1
        return attempt == "right"


def attempt(door: Door, text: str, address: str = HOME, now: datetime = NOW) -> str:
    try:
        door.admit(text, address, now)
    except Refused as error:
        return "wrong" if error.retry_after is None else f"wait {error.retry_after:g}"
    return "in"


def test_the_right_password_opens() -> None:
    assert attempt(Door(Verifier()), "right") == "in"


def test_after_free_failures_an_address_waits_longer_and_longer() -> None:
    door, said, now = Door(Verifier()), [], NOW
    for _ in range(ADDRESS.free + 1):
        said.append(attempt(door, "guess", now=now))
    assert said == ["wrong"] * (ADDRESS.free + 1)
    assert attempt(door, "right", now=now) == "wait 2"
    now += timedelta(seconds=2)
    assert attempt(door, "guess", now=now) == "wrong"
    assert attempt(door, "right", now=now) == "wait 4"
    assert attempt(door, "right", now=now + timedelta(seconds=4)) == "in"


def test_guesses_from_everywhere_hold_up_the_account_but_not_for_who_was_in_before() -> None:
    door = Door(Verifier())
    assert attempt(door, "right", HOME) == "in"
    for number in range(ACCOUNT.free + 1):
        attempt(door, "guess", f"203.0.113.{number}")
    assert attempt(door, "right", AWAY).startswith("wait")
    assert attempt(door, "right", HOME) == "in"


def test_a_thousand_guesses_at_once_cost_a_handful_of_looks_at_the_hash() -> None:
    verifier = Verifier()
    door = Door(verifier, places=2, queue=64)
    with ThreadPoolExecutor(32) as threads:
        said = Counter(threads.map(lambda n: attempt(door, f"guess {n}"), range(1_000)))
    assert said["wrong"] == verifier.calls <= ADDRESS.free + 1
    assert verifier.most <= 2


def test_who_finds_the_queue_full_is_told_to_come_back() -> None:
    inside = Barrier(2)

    def slow(attempt: str) -> bool:
        inside.wait()
        inside.wait()
        return True

    door = Door(slow, places=1, queue=0)
    with ThreadPoolExecutor(1) as threads:
        first = threads.submit(attempt, door, "right")
        inside.wait()
        assert attempt(door, "right", AWAY) == "wait 1"
        inside.wait()
        assert first.result() == "in"


def test_a_password_with_every_request_is_looked_at_once_in_five_minutes() -> None:
    verifier = Verifier()
    door = Door(verifier)
    for seconds in (0, 1, 299):
        door.recall("right", 1, HOME, NOW + timedelta(seconds=seconds))
    assert verifier.calls == 1
    door.recall("right", 1, HOME, NOW + timedelta(minutes=5))
    assert verifier.calls == 2


def test_many_first_requests_at_once_are_no_guesses() -> None:
    verifier = Verifier()
    door = Door(verifier)
    with ThreadPoolExecutor(32) as threads:
        list(threads.map(lambda _: door.recall("right", 1, HOME, NOW), range(32)))
    assert verifier.calls <= 2


def test_a_changed_password_is_forgotten_at_once() -> None:
    memory = Memory()
    memory.keep("right", 1, NOW)
    assert memory.knows("right", 1, NOW)
    assert not memory.knows("right", 2, NOW)
    assert not memory.knows("wrong", 1, NOW)


def test_memory_does_not_grow() -> None:
    memory = Memory()
    for number in range(100):
        memory.keep(f"right {number}", 1, NOW)
    assert sum(memory.knows(f"right {number}", 1, NOW) for number in range(100)) <= 16


@pytest.mark.parametrize(
    ("error", "words"),
    [(Refused(), "The password is wrong."), (Refused(0.2), "Try again in 1 second")],
)
def test_a_refusal_says_what_to_do(error: Refused, words: str) -> None:
    assert words in str(error)
