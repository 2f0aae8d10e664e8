"""What every test gets."""

from __future__ import annotations

from hypothesis import settings

from tests.support.dice import often

# For a long look: `pytest --hypothesis-profile=fuzz tests/proxy/dialects/test_properties.py`.
settings.register_profile("fuzz", max_examples=10_000, deadline=None)
settings.register_profile("suite", max_examples=often(100), deadline=None)
settings.load_profile("suite")
