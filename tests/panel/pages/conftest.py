"""A browser whose administrator is logged in."""

from __future__ import annotations

import pytest
from django.test import Client

from tests.support.console import PASSWORD


@pytest.fixture
def inside(console: Client, db: None) -> Client:
    answer = console.post("/login", {"password": PASSWORD})
    assert answer.status_code == 303
    return console
