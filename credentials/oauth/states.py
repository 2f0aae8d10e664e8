"""The closed sets that describe a flow. Pure."""

from __future__ import annotations

import enum


class Grant(enum.StrEnum):
    """A consent page that sends the browser back, or a code to type in on any device."""

    CODE = "code"
    DEVICE = "device"


class Status(enum.StrEnum):
    PENDING = "pending"
    DONE = "done"
    FAILED = "failed"
    EXPIRED = "expired"
