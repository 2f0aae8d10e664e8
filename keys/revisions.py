"""The names of the counters that tell every process what changed (`models.Revision`)."""

from __future__ import annotations

from django.dispatch import Signal

KEYS = "keys"
COSTS = "costs"

raised = Signal()
"""Sent with the counter's name as `topic` once its change is committed, on the thread that made it.
Others need not wait then for their next look."""
