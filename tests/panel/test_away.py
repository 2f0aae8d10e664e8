"""The console while its database is locked, full or away."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection
from django.db.utils import InterfaceError, OperationalError
from django.test import Client

from panel.api.errors import answer
from tests.support.console import PASSWORD, Caller

pytestmark = pytest.mark.django_db


@pytest.fixture
def away() -> Iterator[None]:
    def refuse(*_: Any) -> None:
        raise OperationalError("database is locked")

    with connection.execute_wrapper(refuse):
        yield


@pytest.mark.usefixtures("away")
def test_a_login_is_told_to_come_back(console: Client, caplog: pytest.LogCaptureFixture) -> None:
    found = Caller(console)("POST", "/auth/login", {"password": PASSWORD})
    assert (found.status, found.code) == (503, "database_unavailable")
    assert found.headers["Retry-After"] == "5"
    assert found.body["error"]["message"].startswith("The database is busy or full.")
    assert not any(record.exc_info for record in caplog.records)


@pytest.mark.usefixtures("away")
def test_a_page_says_so_without_a_traceback(
    console: Client, caplog: pytest.LogCaptureFixture
) -> None:
    found = console.post("/login", {"password": PASSWORD})
    assert (found.status_code, found["Retry-After"]) == (503, "5")
    assert "The database is busy or full" in found.content.decode()
    assert not any(record.exc_info for record in caplog.records)


@pytest.mark.parametrize("kind", [OperationalError, InterfaceError])
def test_the_answer_keeps_the_databases_words_to_the_log(
    kind: type[Exception], caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.ERROR, "potluck.panel"):
        said = answer(kind("at db.internal:5432"), {})
    assert said.status_code == 503
    assert "internal" not in str(said.data)
    assert "db.internal" in caplog.text
