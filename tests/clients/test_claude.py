"""What only Claude Code does."""

from __future__ import annotations

import pytest

from tests.clients.conftest import EVERYWHERE, SERVICES, Stand
from tests.clients.launch import Desk
from tests.clients.programs import CLAUDE

SYSTEM = "# Environment\\nYou have been invoked"
"""Claude Code sends this as a message of role `system`, after the user's."""


@pytest.mark.parametrize("name", EVERYWHERE)
def test_its_system_turns_reach_the_upstream(stand: Stand, desk: Desk, name: str) -> None:
    model = SERVICES[name].model(CLAUDE)
    visit = stand.visit(desk, CLAUDE, model, "[system] good morning")
    assert "You said: [system] good morning" in visit.outcome.out, str(visit.outcome)
    (body,) = visit.asked("[system]")
    assert body.count(SYSTEM) == 1
    assert ('"role":"system"' in body) == (name != "gemini")


@pytest.mark.parametrize("name", EVERYWHERE)
def test_it_counts_its_context(stand: Stand, desk: Desk, name: str) -> None:
    """Dozens of counts at once; where the upstream cannot count, the gateway estimates."""
    visit = stand.visit(desk, CLAUDE, SERVICES[name].model(CLAUDE), "/context")
    assert "## Context Usage" in visit.outcome.out, str(visit.outcome)
    assert {(row.client, row.operation, row.status) for row in visit.rows} == {
        ("anthropic", "count", 200)
    }
    counted = {each.path.rpartition("/")[2].partition(":")[2] or "x" for each in visit.requests}
    assert len(visit.rows) > 10
    assert bool(counted) == (name != "openai")
