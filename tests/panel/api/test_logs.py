from __future__ import annotations

import dataclasses
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.test import override_settings

from panel.logs.handler import ring
from tests.support.console import Caller, Person

pytestmark = pytest.mark.django_db

DOWNLOAD = "/auth/logs/download"


@pytest.fixture(autouse=True)
def said(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The ring as if nothing else had ever been logged."""
    monkeypatch.setattr(ring, "clean", lambda text: text.replace("secret", "[…]"))
    ring.clear()
    ring.append(0.0, 20, "potluck.requests", "a secret call", "r1")
    ring.append(0.0, 40, "potluck.proxy", "it broke")
    yield
    ring.clear()


def text(admin: Caller, query: str = "") -> str:
    return admin.client.get(f"{DOWNLOAD}{query}", headers=admin.headers).content.decode()


def test_the_log_is_a_file(admin: Caller) -> None:
    answer = admin.client.get(DOWNLOAD, headers=admin.headers)
    assert answer["Content-Type"] == "text/plain; charset=utf-8"
    assert answer["Content-Disposition"].startswith('attachment; filename="potluck-')
    assert answer.content.decode().splitlines() == [
        "1970-01-01T00:00:00.000Z INFO potluck.requests r1 a […] call",
        "1970-01-01T00:00:00.000Z ERROR potluck.proxy it broke",
    ]


@pytest.mark.parametrize(
    ("query", "lines"),
    [("?level=error", 1), ("?text=CALL", 1), ("?text=nothing", 0), ("?text=", 2)],
)
def test_it_can_be_narrowed(admin: Caller, query: str, lines: int) -> None:
    assert len(text(admin, query).splitlines()) == lines


@pytest.mark.parametrize("query", ["level=loud", "origin=disk", "path=x", "text=" + "x" * 300])
def test_what_makes_no_sense_is_refused(admin: Caller, query: str) -> None:
    assert admin("GET", f"{DOWNLOAD}?{query}").status == 400


def test_the_end_of_the_file_can_be_had(admin: Caller, tmp_path: Path) -> None:
    file = tmp_path / "potluck.log"
    with override_settings(POTLUCK=dataclasses.replace(settings.POTLUCK, log_file=file)):
        missing = admin("GET", f"{DOWNLOAD}?origin=file")
        file.write_text("of yesterday\n", encoding="utf-8")
        assert text(admin, "?origin=file") == "of yesterday\n"
    assert (missing.status, missing.code) == (409, "conflict")
    assert admin("GET", f"{DOWNLOAD}?origin=file").status == 409


def test_it_can_be_cleared(admin: Caller, caplog: pytest.LogCaptureFixture) -> None:
    assert admin("POST", "/auth/logs/clear").body == {"cleared": 2, "process": os.getpid()}
    assert "it broke" not in text(admin)


def test_only_the_administrator_reads_it(visitor: Caller, alice: Person) -> None:
    for caller in (visitor, alice.call):
        assert caller("GET", DOWNLOAD).status == 401
        assert caller("POST", "/auth/logs/clear").status == 401
    assert len(ring.after(ring.last - 2).entries) == 2
