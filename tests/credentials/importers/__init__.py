"""Files as other programs write them, by hand, with keys that no service knows."""

from __future__ import annotations

from pathlib import Path

FIXTURES = Path(__file__).parent / "fixtures"
