"""A key that has nothing left: the user reads why, and the client does not go on knocking."""

from __future__ import annotations

import pytest

from tests.clients import programs
from tests.clients.conftest import ALL, SERVICES, Stand
from tests.clients.launch import Desk
from tests.clients.programs import Access, Program

CHOSEN = (programs.GEMINI, programs.CLAUDE, programs.CODEX)
# Qwen Code goes on by itself for a minute, whatever it is told.
EVERY = (*CHOSEN, programs.CODE_ASSIST)
# Codex has words of its own for `insufficient_quota`.
REASONS = {"codex": "Quota exceeded."}


@pytest.fixture(scope="module")
def penniless(stand: Stand) -> Stand:
    access = Access(stand.access.url, stand.gateway.key(quota=0).secret)
    return Stand(stand.upstream, stand.gateway, access)


@pytest.mark.parametrize("program", EVERY if ALL else CHOSEN, ids=lambda program: program.name)
def test_it_is_told_and_stops(penniless: Stand, desk: Desk, program: Program) -> None:
    model = SERVICES["gemini"].model(program)
    visit = penniless.visit(desk, program, model, "[hello] good morning")
    reason = REASONS.get(program.name, "does not cover the call")
    assert reason in f"{visit.outcome.out}{visit.outcome.err}", str(visit.outcome)
    assert not [each for each in visit.requests if each.method == "POST"], "no upstream was asked"
    refused = [row for row in visit.rows if row.operation == "generate"]
    assert {(row.status, row.error) for row in refused} == {(429, "insufficient_quota")}
    assert len(refused) <= 3
