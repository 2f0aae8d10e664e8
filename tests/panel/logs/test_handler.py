from __future__ import annotations

import logging
from collections.abc import Iterator

import pytest

from gateway.log import clean
from panel.logs import handler
from panel.logs.handler import REQUESTS, Tail
from panel.logs.ring import Ring

SECRET = "sk-AbCdEfGhIjKlMnOpQrStUvWxYz"


@pytest.fixture
def ring() -> Ring:
    return Ring(str)


@pytest.fixture
def log(ring: Ring) -> Iterator[logging.Logger]:
    """What it says goes into `ring`."""
    found, tail = logging.getLogger("test.livelog"), Tail(clean, ring)
    found.addHandler(tail)
    found.propagate = False
    yield found
    found.removeHandler(tail)


def texts(ring: Ring) -> list[str]:
    return [ring.line(each).text for each in ring.after(0).entries]


def test_a_record_is_one_line_without_secrets(log: logging.Logger, ring: Ring) -> None:
    log.warning("asked with %s \x1b[2J\nforged", f"Bearer {SECRET}")
    assert texts(ring) == ["asked with Bearer […] \\u001b[2J\\nforged"]


def test_arguments_are_read_when_they_are_said(log: logging.Logger, ring: Ring) -> None:
    names = ["Ada"]
    log.warning("hello %s", names)
    names.append("Bob")
    assert texts(ring) == ["hello ['Ada']"]


def test_a_traceback_stands_in_the_line(log: logging.Logger, ring: Ring) -> None:
    try:
        int(f"no number, but {SECRET}")
    except ValueError:
        log.exception("it broke")
    (text,) = texts(ring)
    assert text.startswith("it broke\\nTraceback")
    assert "ValueError" in text and SECRET not in text


def test_a_record_that_cannot_be_said_harms_nobody(
    ring: Ring, capsys: pytest.CaptureFixture[str]
) -> None:
    Tail(clean, ring).handle(logging.LogRecord("x", 30, "", 0, "%d", ("no number",), None))
    assert texts(ring) == []
    assert "Logging error" in capsys.readouterr().err


def test_requests_come_once(ring: Ring) -> None:
    record = logging.LogRecord(REQUESTS, 20, "", 0, "one request", None, None)
    Tail(clean, ring).handle(record)
    assert texts(ring) == []


def test_a_request_is_heard_with_its_id(monkeypatch: pytest.MonkeyPatch, ring: Ring) -> None:
    monkeypatch.setattr(handler, "ring", ring)
    handler.hear(0.0, "r1", False, lambda: "fine")
    handler.hear(0.0, "r2", True, lambda: "broken")
    found = [ring.line(each) for each in ring.after(0).entries]
    assert [(each.request, each.level) for each in found] == [("r1", "info"), ("r2", "warning")]


def test_without_anybody_who_knows_secrets_nothing_is_shown() -> None:
    ring = Ring(handler._withheld)
    ring.append(0.0, 20, "test", SECRET)
    assert texts(ring) == ["[…]"]
