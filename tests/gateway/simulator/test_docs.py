"""docs/simulator.md names every behaviour."""

from __future__ import annotations

from pathlib import Path

import pytest

from gateway.simulator import faults

PAGE = Path(__file__).resolve().parents[3] / "docs" / "simulator.md"


@pytest.mark.parametrize("name", sorted(faults.KINDS.keys() - {str(faults.Refusal.NO_KEY)}))
def test_every_behaviour_is_documented(name: str) -> None:
    text = PAGE.read_text(encoding="utf-8")
    assert f"`{name}`" in text or f"`{name}-N`" in text
