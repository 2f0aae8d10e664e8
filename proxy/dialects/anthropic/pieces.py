"""The blocks of an answer as they arrive: each starts, takes deltas, and stops."""

from __future__ import annotations

from typing import Any, Protocol

import msgspec

from proxy.dialects import jsontext
from proxy.dialects.anthropic.blocks import DIRECT
from proxy.dialects.anthropic.citations import cited
from proxy.dialects.anthropic.fields import ORIGIN
from proxy.dialects.base import JSON
from proxy.ir import (
    Batch,
    Close,
    Delta,
    Foreign,
    Opaque,
    Open,
    Part,
    Signature,
    Text,
    Thinking,
    ToolCall,
)

_TEXT = frozenset({"type", "text", "citations"})
_THINKING = frozenset({"type", "thinking", "signature"})
_CALL = frozenset({"type", "id", "name", "input"})


class Block(Protocol):
    def more(self, delta: JSON, out: Batch) -> None: ...

    def stop(self, out: Batch) -> None: ...


class Reach:
    """How many characters of visible text the answer has so far."""

    __slots__ = ("length",)

    def __init__(self) -> None:
        self.length = 0


def begun(wire: JSON, index: int, reach: Reach, out: Batch) -> Block:
    """`wire` is the block of a `content_block_start`, or one of a whole answer."""
    match wire.get("type"):
        case "text":
            return _Text(wire, index, reach, out)
        case "thinking":
            return _Thinking(wire, index, out)
        case "tool_use" if _text(wire, "name"):
            return _Call(wire, index, out)
        case _:
            return _Other(wire, index)


class _Text:
    def __init__(self, wire: JSON, index: int, reach: Reach, out: Batch) -> None:
        self._index = index
        self._reach = reach
        self._from = reach.length
        citations = wire.get("citations")
        self._citations: list[Any] = list(citations) if isinstance(citations, list) else []
        text = _text(wire, "text")
        reach.length += len(text)
        out.append(Open(index, Text(text, opaque=_rest(wire, _TEXT))))

    def more(self, delta: JSON, out: Batch) -> None:
        text = delta.get("text")
        if type(text) is str:
            if text:
                self._reach.length += len(text)
                out.append(Delta(self._index, text))
        elif "citation" in delta:
            self._citations.append(delta["citation"])

    def stop(self, out: Batch) -> None:
        if not self._citations:
            out.append(Close(self._index))
            return
        # The renderer of this dialect writes them into the block itself.
        shape = {"citations": self._citations}
        out.append(Close(self._index, opaque=Opaque(ORIGIN, shape=shape)))
        out.append(cited(self._citations, self._from, self._reach.length))


class _Thinking:
    def __init__(self, wire: JSON, index: int, out: Batch) -> None:
        self._index = index
        self._signature = _text(wire, "signature")
        thinking = Thinking(_text(wire, "thinking"), opaque=_rest(wire, _THINKING))
        out.append(Open(index, thinking))

    def more(self, delta: JSON, out: Batch) -> None:
        text = delta.get("thinking")
        if type(text) is str:
            if text:
                out.append(Delta(self._index, text))
        elif "signature" in delta:
            self._signature = _text(delta, "signature") or self._signature

    def stop(self, out: Batch) -> None:
        proof = Signature(ORIGIN, self._signature) if self._signature else None
        out.append(Close(self._index, proof))


class _Call:
    def __init__(self, wire: JSON, index: int, out: Batch) -> None:
        self._index = index
        self._said = False
        given = wire.get("input")
        self._input = given if isinstance(given, dict) else {}
        rest = _rest(wire, _CALL)
        if wire.get("caller") == DIRECT and rest is not None:
            # Who called is worth telling others only if it was not the model itself.
            data = {key: value for key, value in rest.data.items() if key != "caller"}
            rest = Opaque(ORIGIN, data, {"caller": DIRECT})
        call = ToolCall(_text(wire, "id"), _text(wire, "name"), opaque=rest)
        out.append(Open(index, call))

    def more(self, delta: JSON, out: Batch) -> None:
        text = delta.get("partial_json")
        if type(text) is str and text:
            self._said = True
            out.append(Delta(self._index, text))

    def stop(self, out: Batch) -> None:
        # A whole answer, and some compatible services, say the input at once.
        if not self._said and self._input:
            out.append(Delta(self._index, jsontext.encoded(self._input, empty="")))
        out.append(Close(self._index))


class _Other:
    """A block that only Anthropic understands; it is told when it is complete."""

    def __init__(self, wire: JSON, index: int) -> None:
        self._index = index
        self._wire = dict(wire)
        self._json: list[str] = []

    def more(self, delta: JSON, out: Batch) -> None:
        for name, value in delta.items():
            if name == "partial_json" and isinstance(value, str):
                self._json.append(value)
            elif name != "type":
                before = self._wire.get(name)
                both = isinstance(before, str) and isinstance(value, str)
                self._wire[name] = f"{before}{value}" if both else value

    def stop(self, out: Batch) -> None:
        said = "".join(self._json)
        if said:
            self._wire["input"] = _decoded(said)
        part: Part = Foreign(Opaque(ORIGIN, self._wire))
        out += [Open(self._index, part), Close(self._index)]


def _decoded(text: str) -> Any:
    try:
        return msgspec.json.decode(text)
    except jsontext.BROKEN:
        return {jsontext.RAW: text}


def _text(wire: JSON, name: str) -> str:
    value = wire.get(name)
    return value if isinstance(value, str) else ""


def _rest(wire: JSON, known: frozenset[str]) -> Opaque | None:
    if len(wire) <= len(known) and known.issuperset(wire):
        return None
    rest = {k: v for k, v in wire.items() if k not in known and v is not None}
    return Opaque(ORIGIN, rest) if rest else None
