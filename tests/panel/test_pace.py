from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, cast

import pytest
from django.test import RequestFactory

from keys.limits.refusal import Limited, Which, Whose
from panel import bridge, pace

pytestmark = pytest.mark.usefixtures("console")

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)


def test_an_address_may_ask_so_often_a_minute() -> None:
    request, most = RequestFactory().get("/"), pace.rule().per_minute
    assert most == 30
    for _ in range(most):
        pace.admit(request, NOW)
    with pytest.raises(Limited):
        pace.admit(request, NOW)
    pace.admit(RequestFactory().get("/", REMOTE_ADDR="192.0.2.1"), NOW)
    pace.admit(request, NOW + timedelta(minutes=2))


class Gateway:
    """Has time, or none, or says no."""

    def __init__(self, error: Exception | None = None) -> None:
        self.error = error
        self.seen: list[str] = []

    def visit(self, address: str) -> None:
        self.seen.append(address)
        if self.error is not None:
            raise self.error


@pytest.fixture
def running() -> Iterator[Gateway]:
    found = Gateway()
    bridge.install(cast(Any, found))
    yield found
    bridge.install(None)


def test_the_running_gateway_counts_for_all_processes(running: Gateway) -> None:
    for _ in range(100):
        pace.admit(RequestFactory().get("/", REMOTE_ADDR="192.0.2.1"), NOW)
    assert running.seen == ["192.0.2.1"] * 100


def test_what_it_refuses_is_refused(running: Gateway) -> None:
    running.error = Limited(Which.MINUTE, Whose.ADDRESS, 30, retry_after=7.0)
    with pytest.raises(Limited):
        pace.admit(RequestFactory().get("/"), NOW)


def test_while_it_has_no_time_this_process_counts(running: Gateway) -> None:
    running.error = TimeoutError()
    for _ in range(30):
        pace.admit(RequestFactory().get("/"), NOW)
    with pytest.raises(Limited):
        pace.admit(RequestFactory().get("/"), NOW)
