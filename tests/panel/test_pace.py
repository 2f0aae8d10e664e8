from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.test import RequestFactory

from keys.limits.refusal import Limited
from panel import pace

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
