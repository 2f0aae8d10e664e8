"""The console, its administrator, and people with keys."""

from __future__ import annotations

from tests.support.console import admin, alice, bob, console, visitor
from tests.support.site import real_settings, site

__all__ = ["admin", "alice", "bob", "console", "real_settings", "site", "visitor"]
