from __future__ import annotations

import pytest

from gateway.complaints import Complaints


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def said(caplog: pytest.LogCaptureFixture) -> list[tuple[str, bool]]:
    return [(record.getMessage(), bool(record.exc_info)) for record in caplog.records]


def test_what_goes_on_failing_is_said_once_a_minute(caplog: pytest.LogCaptureFixture) -> None:
    clock = Clock()
    complaints = Complaints(clock)
    for second in range(150):
        clock.now = float(second)
        complaints.hear(OSError("away"))
    first = "background work failed (OSError); it is tried again"
    again = "background work failed still (OSError); it is tried again"
    assert said(caplog) == [(first, True), (again, False), (again, False)]


def test_another_failure_is_said_at_once(caplog: pytest.LogCaptureFixture) -> None:
    complaints = Complaints(Clock())
    for text in ("one", "two", "one"):
        complaints.hear(ValueError(text))
    assert len(said(caplog)) == 2


def test_failures_that_never_look_alike_take_no_room(caplog: pytest.LogCaptureFixture) -> None:
    complaints = Complaints(Clock())
    for number in range(1_000):
        complaints.hear(ValueError(number))
    assert len(complaints._said) <= 100
