"""A browser whose administrator is logged in, and people who lend."""

from __future__ import annotations

import pytest
from django.test import Client

from tests.support.console import PASSWORD
from tests.support.contributor import house, lender, loop, provider, stranger

__all__ = ["house", "inside", "lender", "loop", "provider", "stranger"]


@pytest.fixture
def inside(console: Client, db: None) -> Client:
    answer = console.post("/login", {"password": PASSWORD})
    assert answer.status_code == 303
    return console
