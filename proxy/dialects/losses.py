"""Finds what a request carries that only another dialect understands."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from proxy.dialects.base import Loss
from proxy.errors import invalid
from proxy.ir import (
    Dialect,
    Finish,
    FinishReason,
    Foreign,
    ForeignTool,
    Opaque,
    Part,
    Request,
    Role,
    Tool,
    ToolResult,
)

_ODD = re.compile(r"[^\x21-\x7e]|,")
_NAME = 64
_HEADER = 1_024
_WHOLE = frozenset({Foreign, ForeignTool})
_OBJECTS = frozenset({Dialect.OPENAI_CHAT, Dialect.OPENAI_COMPLETIONS, Dialect.OPENAI_RESPONSES})
"""Where an empty object says nothing either. With Google it may switch something on."""
_USUAL = frozenset({FinishReason.STOP, FinishReason.TOOL_CALLS})


def foreign(request: Request, speaking: Dialect) -> Iterator[Loss]:
    """A Loss for every unmodelled wire field whose origin is not `speaking`.

    Raises INVALID_REQUEST for one without which the request would mean something else.
    """
    _refuse(request.opaque, speaking)
    yield from _fields(request.opaque, speaking, "")
    for name in ("tool_choice", "reasoning", "output"):
        value = getattr(request, name)
        if value is not None and value.opaque is not None:
            yield from _fields(value.opaque, speaking, name)
    for number, tool in enumerate(request.tools):
        if tool.opaque is not None:
            yield from _block(tool, tool.opaque, speaking, f"tools[{number}]")
    for number, turn in enumerate(request.turns):
        if turn.opaque is not None:
            yield from _fields(turn.opaque, speaking, f"turns[{number}]")
        if turn.role is not Role.MODEL:
            _heard(turn.parts, speaking)
        yield from _parts(turn.parts, speaking, "turns", number)


def _refuse(opaque: Opaque | None, speaking: Dialect) -> None:
    if opaque is not None and opaque.needed and opaque.origin is not speaking:
        field, advice = next(iter(opaque.needed.items()))
        raise invalid(advice, field)


def _heard(parts: Iterable[Part], speaking: Dialect) -> None:
    """Raises for what was said to the model, and would not be heard."""
    for part in parts:
        if type(part) is Foreign:
            _refuse(part.opaque, speaking)
        elif type(part) is ToolResult:
            _heard(part.parts, speaking)


def _parts(parts: Sequence[Part], speaking: Dialect, where: str, at: int) -> Iterator[Loss]:
    # The place is put together only for what is worth telling: most parts hold nothing unusual.
    for number, part in enumerate(parts):
        if part.opaque is not None:
            place = f"{where}[{at}].parts[{number}]"
            yield from _block(part, part.opaque, speaking, place)
        if type(part) is ToolResult:
            yield from _parts(part.parts, speaking, f"{where}[{at}].parts", number)


def _block(value: Part | Tool, opaque: Opaque, speaking: Dialect, where: str) -> Iterator[Loss]:
    if type(value) not in _WHOLE:
        yield from _fields(opaque, speaking, where)
    elif opaque.origin is not speaking:
        # The block as a whole is lost, so it is one loss, named by what the block calls itself.
        yield Loss(block_name(opaque, "part" if type(value) is Foreign else "tools"), where)


def _fields(opaque: Opaque | None, speaking: Dialect, where: str) -> Iterator[Loss]:
    if opaque is not None and opaque.origin is not speaking:
        for field, value in opaque.data.items():
            if not _empty(value, opaque.origin):
                yield Loss(field, where)


def _empty(value: object, origin: Dialect) -> bool:
    """Whether a field says nothing, as those that SDKs send along with every message."""
    return value is None or value in ("", []) or (value == {} and origin in _OBJECTS)


def block_name(opaque: Opaque, empty: str = "block") -> str:
    """What a foreign block is called: its `type`, else its first key, else `empty`."""
    kind = opaque.data.get("type")
    return kind if isinstance(kind, str) else next(iter(opaque.data), empty)


def reordered(parts: Iterable[Part]) -> bool:
    """Whether a tool's result comes after something else that its user said in the same turn."""
    kinds = [type(part) is ToolResult for part in parts]
    return kinds != sorted(kinds, reverse=True)


def explained(event: Finish) -> bool:
    """Whether an end has words that are worth telling: Gemini has some for each tool call."""
    return bool(event.message) and event.reason not in _USUAL


def ending(event: Finish, *unknown: FinishReason) -> list[Loss]:
    """The loss of an end that becomes another: `unknown` are those that the dialect cannot say.

    An upstream that gave no word for it loses none; one that explained it loses its words.
    """
    odd = event.reason in unknown and bool(event.raw) and not event.message
    return [Loss("finish_reason")] if odd else []


def unique(losses: Iterable[Loss]) -> list[Loss]:
    """The same losses without repetitions, in order."""
    return list(dict.fromkeys(losses))


def header(losses: Iterable[Loss]) -> str:
    """The value of `x-potluck-dropped`: field names, each once.

    Names come from callers and upstreams: what is no plain character becomes a question mark, and
    nobody gets to write a header of any length.
    """
    names = dict.fromkeys(_ODD.sub("?", loss.field)[:_NAME] for loss in losses)
    text = ", ".join(names)
    return text if len(text) <= _HEADER else f"{text[:_HEADER].rpartition(', ')[0]}, ..."
