from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from panel.pages.state import State, judge

NOW = datetime(2026, 5, 6, tzinfo=UTC)


@pytest.mark.parametrize(
    ("enabled", "ends", "total", "remaining", "state"),
    [
        (True, None, 100, 100, State.ACTIVE),
        (True, None, None, None, State.ACTIVE),
        (True, 1, 100, 11, State.ACTIVE),
        (True, None, 100, 10, State.LOW),
        (True, None, 100, 0, State.SPENT),
        (True, None, 0, 0, State.SPENT),
        (True, 0, 100, 0, State.EXPIRED),
        (False, -1, 100, 0, State.OFF),
    ],
)
def test_what_a_person_must_do_first_is_said_first(
    enabled: bool, ends: int | None, total: int | None, remaining: int | None, state: State
) -> None:
    expires = None if ends is None else NOW + timedelta(days=ends)
    found = judge(enabled=enabled, expires_at=expires, total=total, remaining=remaining, now=NOW)
    assert found is state
