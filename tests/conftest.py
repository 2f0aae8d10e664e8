"""What every test gets."""

from __future__ import annotations

from hypothesis import settings

# For a long look: `pytest --hypothesis-profile=fuzz tests/proxy/dialects/test_properties.py`.
settings.register_profile("fuzz", max_examples=10_000, deadline=None)
