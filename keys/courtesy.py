"""How a thread shares a processor with the event loop."""

from __future__ import annotations

import contextlib
import os
import sys


def give_way() -> None:
    """Lets this thread wake up without taking the processor from the one that woke it.

    On a single core it would otherwise interrupt the event loop for every reservation; so it
    starts when the loop waits, with all that has come by then in one transaction.
    """
    if sys.platform == "linux":
        with contextlib.suppress(OSError):
            os.sched_setscheduler(0, os.SCHED_BATCH, os.sched_param(0))
