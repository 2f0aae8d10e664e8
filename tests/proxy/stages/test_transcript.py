"""One line for each request, that nobody can forge."""

from __future__ import annotations

import logging

import pytest

from proxy.call import Attempt, Call
from proxy.stages import transcript as stage
from proxy.stages.transcript import line, transcript
from tests.support.rooms import NOW


def failed() -> Call:
    call = Call(id="abc", at=NOW, address="203.0.113.9", started=10.0)
    call.model, call.status, call.code, call.detail = "m\nforged", 502, "upstream_failed", "a\nb"
    call.attempts.append(Attempt(7, "key", "Stumbled", "500", 0.1))
    return call


def test_a_line_tells_who_what_and_why() -> None:
    text = line(failed(), 11.5)
    assert text == (
        "abc key=- from=203.0.113.9 model='m\\nforged' status=502 seconds=1.500 "
        "code=upstream_failed 'a\\nb' tried=7:Stumbled"
    )


@pytest.mark.parametrize(("status", "level"), [(200, logging.DEBUG), (502, logging.INFO)])
def test_failures_are_louder(caplog: pytest.LogCaptureFixture, status: int, level: int) -> None:
    caplog.set_level(logging.DEBUG, "potluck.requests")
    call = failed()
    call.status, call.code = status, "" if status == 200 else "upstream_failed"
    transcript(call)
    assert [record.levelno for record in caplog.records] == [level]


@pytest.mark.parametrize("level", [logging.DEBUG, logging.ERROR])
def test_the_live_log_is_told_of_every_request(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch, level: int
) -> None:
    heard: list[tuple[Call, float]] = []
    monkeypatch.setattr(stage, "ear", lambda call, now: heard.append((call, now)))
    caplog.set_level(level, "potluck.requests")
    call = failed()
    transcript(call)
    assert [each for each, _ in heard] == [call]
    assert stage.words(*heard[0]).startswith("key=- from=")
