"""The gateway's own Django settings, for tests of its pages."""

from __future__ import annotations

from tests.support.site import real_settings, site

__all__ = ["real_settings", "site"]
