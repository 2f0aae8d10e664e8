"""The names of the counters that tell every process what changed (`models.Revision`)."""

from __future__ import annotations

KEYS = "keys"
COSTS = "costs"
