from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from credentials.models import Credential
from panel import charts, icons
from panel.pages import standing

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 21, 12, 30, tzinfo=UTC)


def lend(**details: Any) -> None:
    Credential.objects.create(kind="gemini_api", provider="gemini", **details)


def test_an_empty_pool_has_no_shares(site: Client) -> None:
    found = standing.pool(NOW)
    assert (found.total, found.shares, found.next, found.usable) == (0, (), None, 0)


def test_every_credential_is_in_one_share(site: Client) -> None:
    for details in (
        {},
        {},
        {"enabled": False},
        {"banned": True},
        {"held": True},
        {"cooling_until": NOW + timedelta(minutes=5)},
        {"deleted_at": NOW},
    ):
        lend(**details)
    found = standing.pool(NOW)
    assert found.total == 6
    assert {share.state: share.count for share in found.shares} == {
        "healthy": 2,
        "cooling": 1,
        "banned": 1,
        "held": 1,
        "off": 1,
    }
    assert found.usable == 2


def test_one_of_three_hundred_is_still_seen(site: Client) -> None:
    parts = [charts.Part("healthy", 299, "healthy: 299"), charts.Part("banned", 1, "banned: 1")]
    svg = charts.strip(parts, "all of them")
    assert 'class="t-banned" x="99.7" width="0.8"' in svg
    assert "<title>banned: 1</title>" in svg


def test_every_state_has_a_shape_and_a_word(site: Client) -> None:

    for state, word in standing.words().items():
        assert word
        assert icons.shape(state.value)
