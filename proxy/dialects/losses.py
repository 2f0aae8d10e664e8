"""Finds what a request carries that only another dialect understands."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from proxy.dialects.base import Loss
from proxy.ir import Dialect, Foreign, ForeignTool, Opaque, Part, Request, ToolResult, Value


def foreign(request: Request, speaking: Dialect) -> Iterator[Loss]:
    """A Loss for every unmodelled wire field whose origin is not `speaking`."""
    yield from _fields(request.opaque, speaking, "")
    for name in ("tool_choice", "reasoning", "output"):
        yield from _of(getattr(request, name), speaking, name)
    for number, tool in enumerate(request.tools):
        yield from _of(tool, speaking, f"tools[{number}]")
    for number, turn in enumerate(request.turns):
        where = f"turns[{number}]"
        yield from _fields(turn.opaque, speaking, where)
        yield from _parts(turn.parts, speaking, where)


def _parts(parts: Iterable[Part], speaking: Dialect, where: str) -> Iterator[Loss]:
    for number, part in enumerate(parts):
        place = f"{where}.parts[{number}]"
        yield from _of(part, speaking, place)
        if isinstance(part, ToolResult):
            yield from _parts(part.parts, speaking, place)


def _of(value: Value | None, speaking: Dialect, where: str) -> Iterator[Loss]:
    opaque: Opaque | None = getattr(value, "opaque", None)
    if isinstance(value, Foreign | ForeignTool):
        # The block as a whole is lost, so it is one loss, named by what the block calls itself.
        if value.opaque.origin is not speaking:
            yield Loss(block_name(value.opaque), where)
        return
    yield from _fields(opaque, speaking, where)


def _fields(opaque: Opaque | None, speaking: Dialect, where: str) -> Iterator[Loss]:
    if opaque is not None and opaque.origin is not speaking:
        for field in opaque.data:
            yield Loss(field, where)


def block_name(opaque: Opaque) -> str:
    """What a foreign block is called: its `type`, else its first key."""
    kind = opaque.data.get("type")
    return kind if isinstance(kind, str) else next(iter(opaque.data), "block")


def unique(losses: Iterable[Loss]) -> list[Loss]:
    """The same losses without repetitions, in order."""
    return list(dict.fromkeys(losses))


def header(losses: Iterable[Loss]) -> str:
    """The value of `x-potluck-dropped`: field names, each once, in plain ASCII."""
    names = dict.fromkeys(loss.field for loss in losses)
    return ", ".join(name.encode("ascii", "replace").decode() for name in names)


__all__ = ["block_name", "foreign", "header", "unique"]
