"""What most dialects say at the top of a body: the model, and whether to stream the answer."""

from __future__ import annotations

from typing import Any

import msgspec

from proxy import bounds
from proxy.bodies import peek, replaced
from proxy.errors import invalid
from proxy.operation import Action, Head, Operation


class _Head(msgspec.Struct):
    model: str = ""
    stream: bool | None = None
    n: Any = None


_head = msgspec.json.Decoder(_Head)


def read(body: bytes, operation: Operation) -> Head:
    """`Speaker.head`: refuses a body that names no model, or asks for too many answers."""
    head = peek(body, _head)
    if not head.model:
        raise invalid("Say which model to use: the field `model` is missing.", "model")
    if head.n is not None:
        bounds.answers(head.n, operation.dialect, operation.dialect)
    return Head(head.model, operation.action is Action.GENERATE and bool(head.stream))


def readdressed(body: bytes, model: str) -> bytes:
    """`Speaker.with_model`."""
    return replaced(body, "model", model)
