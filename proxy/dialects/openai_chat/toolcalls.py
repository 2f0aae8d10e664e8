"""Puts the tool calls of an answer together from what services send of them.

By the book a call begins with `{index, id, type, function: {name, arguments: ""}}` and goes on
with `{index, function: {arguments}}`. In the field the index is missing or always 0, the id empty,
the name repeated, `arguments` null or an object, the whole call in one delta.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import count
from typing import Any

import msgspec

from proxy.dialects.base import JSON
from proxy.dialects.openai_chat import failures, signatures
from proxy.dialects.openai_chat.ids import minted
from proxy.dialects.openai_chat.keeping import ORIGIN
from proxy.ir import Batch, Close, Delta, Opaque, Open, Signature, ToolCall

_PLAIN = frozenset({"index", "id", "type", "function", "custom"})
_ITEM = _PLAIN | {"extra_content"}
_INNER = {
    "function": frozenset({"name", "arguments"}),
    "custom": frozenset({"name", "input"}),
}


class Call:
    """A call that is being told. It opens once its name is known and its turn has come."""

    def __init__(self, id: str, *, custom: bool) -> None:
        self.id = id
        self.custom = custom
        self.name = ""
        self.said: list[str] = []
        self.at: int | None = None
        self.closed = False
        self.signature: Signature | None = None
        self.signed = False
        self.extras: JSON = {}

    def complete(self) -> bool:
        """Whether its arguments are a whole JSON text, so that nothing more can follow."""
        text = "".join(self.said)
        if self.custom or not text:
            return False
        try:
            msgspec.json.decode(text)
        except (msgspec.DecodeError, RecursionError):
            return False
        return True


class Calls:
    """All calls of one candidate.

    One is open at a time: what comes of the next while it is not complete has to wait, because
    most dialects cannot say two at once. `numbers` gives the answer's part indices; `before`
    closes what else is open before a call opens.
    """

    def __init__(
        self, choice: int, numbers: count[int], name: str, before: Callable[[Batch], None]
    ) -> None:
        self._before = before
        self._choice = choice
        self._numbers = numbers
        self._answer = name
        self._list: list[Call] = []
        self._places: dict[int, Call] = {}
        self._open: Call | None = None
        self._waiting: list[Call] = []
        self.proofs: dict[str, Signature] = {}
        """Signatures that came beside the calls, by the id of the call that each belongs to."""

    @property
    def any(self) -> bool:
        return any(call.name for call in self._list)

    def read(self, item: Any, out: Batch, *, whole: bool, signature: Signature | None) -> bool:
        """One item of `tool_calls`; True if it began a call. `whole`: it is no delta.

        `signature` is the message's own, for a call that brings none.
        """
        if not isinstance(item, dict):
            return False
        custom = item.get("type") == "custom" or not isinstance(item.get("function"), dict)
        box = "custom" if custom else "function"
        inner = item.get(box)
        inner = inner if isinstance(inner, dict) else {}
        name = inner.get("name")
        name = name if isinstance(name, str) else ""
        said = _arguments(inner.get("input" if custom else "arguments"))
        call = None if whole else self._known(item, name, said)
        if call is None:
            if not (name or said or item.get("id")):
                return False
            call = self._new(item, custom=custom)
        if wire := signatures.find(item):
            call.signature = signatures.read(wire)
        if not (_PLAIN.issuperset(item) and _INNER[box].issuperset(inner)):
            call.extras |= _extras(item, inner, box)
        if call.name:
            self._more(call, said, out)
            return False
        return self._begin(call, name, said, out, signature)

    def legacy(self, value: Any, out: Batch, *, whole: bool) -> bool:
        """The old `function_call`, of which an answer has at most one."""
        return self.read({"index": -1, "function": value}, out, whole=whole, signature=None)

    def _known(self, item: JSON, name: str, said: str) -> Call | None:
        """The call that this delta continues."""
        index, id = item.get("index"), item.get("id")
        if type(index) is int:
            call = self._places.get(index)
        elif id:
            return self._called(id)
        else:
            call = self._list[-1] if self._list and not name else None
        if call is None or not call.name:
            return call
        if isinstance(id, str) and id and id != call.id and name:
            return None
        if name and (name != call.name or (said and call.complete())):
            return None
        return call

    def _called(self, id: Any) -> Call | None:
        return next((call for call in self._list if call.id == id), None)

    def only(self) -> str:
        """The id of the call, if there is one and no second."""
        named = [call.id for call in self._list if call.name]
        return named[0] if len(named) == 1 else ""

    def proved(self, id: str) -> bool:
        """Whether the proof of call `id` has gone out, or still can."""
        call = self._called(id)
        return call is not None and (id not in self.proofs or not call.closed)

    def _new(self, item: JSON, *, custom: bool) -> Call:
        id = item.get("id")
        known = id if isinstance(id, str) else ""
        call = Call(known or minted(self._answer, len(self._list)), custom=custom)
        self._list.append(call)
        if type(item.get("index")) is int:
            self._places[item["index"]] = call
        return call

    def _begin(
        self, call: Call, name: str, said: str, out: Batch, signature: Signature | None
    ) -> bool:
        if said:
            call.said.append(said)
        if not name:
            return False
        call.name, call.signature = name, call.signature or signature
        self._waiting.append(call)
        self._before(out)
        self._advance(out)
        return True

    def _more(self, call: Call, said: str, out: Batch) -> None:
        if not said:
            return
        if call.closed:
            raise failures.broken("The upstream went on with a tool call that was complete.")
        call.said.append(said)
        if call is self._open and call.at is not None:
            out.append(Delta(call.at, said))
            self._advance(out)

    def settle(self, out: Batch) -> bool:
        """Another part wants to begin: closes what is complete; False if a call is not."""
        self._advance(out)
        if self._open is not None and self._open.complete():
            self._close(self._open, out)
        return self._open is None

    def _advance(self, out: Batch) -> None:
        while self._waiting and (self._open is None or self._open.complete()):
            if self._open is not None:
                self._close(self._open, out)
            self._tell(self._waiting.pop(0), out)

    def end(self, out: Batch) -> None:
        if self._open is not None:
            self._close(self._open, out)
        for call in self._waiting:
            self._tell(call, out)
            self._close(call, out)
        self._waiting = []

    def _tell(self, call: Call, out: Batch) -> None:
        call.at = next(self._numbers)
        self._open = call
        signed, call.signature = call.signature or self.proofs.pop(call.id, None), None
        call.signed = signed is not None
        part = ToolCall(call.id, call.name, "".join(call.said), call.custom, signed)
        out.append(Open(call.at, part, self._choice))

    def _close(self, call: Call, out: Batch) -> None:
        if call.at is not None:
            call.closed, self._open = True, None
            late = call.signature or (None if call.signed else self.proofs.pop(call.id, None))
            opaque = Opaque(ORIGIN, call.extras) if call.extras else None
            out.append(Close(call.at, late, opaque))


def _arguments(value: Any) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else msgspec.json.encode(value).decode()


def _extras(item: JSON, inner: JSON, box: str) -> JSON:
    """What services of their own put into a call."""
    found = {key: value for key, value in item.items() if key not in _ITEM}
    found |= {f"{box}.{key}": value for key, value in inner.items() if key not in _INNER[box]}
    if rest := signatures.beside(item):
        found["extra_content"] = rest
    return {key: value for key, value in found.items() if value is not None}
