"""Whoever is as strict as the real service must take what the real service took."""

from __future__ import annotations

from typing import Any

import pytest

from gateway.simulator import seal
from gateway.simulator.anthropic import read
from gateway.simulator.service import Rejected
from tests.support import wire


def answered(exchange: dict[str, Any]) -> bool:
    request = exchange["request"]
    return (
        exchange["response"]["status"] == 200
        and bool(request["body"])
        and request["path"].endswith("/messages")
        and "blob-truncated" not in exchange["features"]
    )


def resealed(value: Any) -> Any:
    """Anthropic's own signatures replaced by ours: only those are known here."""
    if isinstance(value, list):
        return [resealed(each) for each in value]
    if isinstance(value, dict):
        signed = {"signature": seal.sign("x")} if "signature" in value else {}
        return {name: resealed(each) for name, each in value.items()} | signed
    return value


@pytest.mark.parametrize("exchange", wire.exchanges("anthropic", answered))
def test_recorded_requests_are_accepted(exchange: dict[str, Any]) -> None:
    try:
        question = read.question(resealed(exchange["request"]["body"]))
    except Rejected as problem:
        pytest.fail(problem.message)
    assert question.prompt > 0
