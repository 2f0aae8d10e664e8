"""Tells who listens in this process that credentials have changed."""

from __future__ import annotations

from django.dispatch import Signal

CREDENTIALS = "credentials"

raised = Signal()
"""Sent with the `topic` CREDENTIALS once a change is committed, on the thread that made it. Others
need not wait then for their next look."""
