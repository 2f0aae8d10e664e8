"""Whoever is as strict as the real service must take what the real service took."""

from __future__ import annotations

from typing import Any

import pytest

from gateway.simulator.gemini import read
from gateway.simulator.service import Rejected
from tests.support import wire


def answered(exchange: dict[str, Any]) -> bool:
    request = exchange["request"]
    return (
        exchange["response"]["status"] == 200
        and bool(request["body"])
        and request["path"].endswith((":generateContent", ":streamGenerateContent"))
        and "blob-truncated" not in exchange["features"]
    )


@pytest.mark.parametrize("exchange", wire.exchanges("gemini", answered))
def test_recorded_requests_are_accepted(exchange: dict[str, Any]) -> None:
    # Not the third generation: its signatures are checked, and only ours are known here.
    try:
        question = read.question(exchange["request"]["body"], "gemini-2.5-pro")
    except Rejected as problem:
        pytest.fail(problem.message)
    assert question.prompt > 0
