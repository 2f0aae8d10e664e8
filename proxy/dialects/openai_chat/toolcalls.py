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
from proxy.ir import Batch, Close, Delta, Open, Signature, ToolCall


class Call:
    """A call that is being told. It opens once its name is known."""

    def __init__(self, id: str, *, custom: bool) -> None:
        self.id = id
        self.custom = custom
        self.name = ""
        self.said: list[str] = []
        self.at: int | None = None
        self.closed = False
        self.signature: Signature | None = None

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

    `numbers` gives the answer's part indices; `before` closes what is open before a call opens.
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

    @property
    def any(self) -> bool:
        return any(call.at is not None for call in self._list)

    def read(self, item: Any, out: Batch, *, whole: bool, signature: Signature | None) -> bool:
        """One item of `tool_calls`; True if it opened a call. `whole`: it is no delta.

        `signature` is the message's own, for a call that brings none.
        """
        if not isinstance(item, dict):
            return False
        custom = item.get("type") == "custom" or not isinstance(item.get("function"), dict)
        inner = item.get("custom" if custom else "function")
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
        if call.at is None:
            return self._open(call, name, said, out, signature)
        self._more(call, said, out)
        return False

    def legacy(self, value: Any, out: Batch, *, whole: bool) -> bool:
        """The old `function_call`, of which an answer has at most one."""
        return self.read({"index": -1, "function": value}, out, whole=whole, signature=None)

    def _known(self, item: JSON, name: str, said: str) -> Call | None:
        """The call that this delta continues."""
        index, id = item.get("index"), item.get("id")
        if type(index) is int:
            call = self._places.get(index)
        elif id:
            return next((call for call in self._list if call.id == id), None)
        else:
            call = self._list[-1] if self._list and not name else None
        if call is None or call.at is None:
            return call
        if isinstance(id, str) and id and id != call.id and name:
            return None
        if name and (name != call.name or (said and call.complete())):
            return None
        return call

    def _new(self, item: JSON, *, custom: bool) -> Call:
        id = item.get("id")
        known = id if isinstance(id, str) else ""
        call = Call(known or minted(self._answer, len(self._list)), custom=custom)
        self._list.append(call)
        if type(item.get("index")) is int:
            self._places[item["index"]] = call
        return call

    def _open(
        self, call: Call, name: str, said: str, out: Batch, signature: Signature | None
    ) -> bool:
        if said:
            call.said.append(said)
        if not name:
            return False
        self._before(out)
        self.settle(out)
        call.name, call.at = name, next(self._numbers)
        signed, call.signature = call.signature or signature, None
        part = ToolCall(call.id, name, "".join(call.said), call.custom, signed)
        out.append(Open(call.at, part, self._choice))
        return True

    def _more(self, call: Call, said: str, out: Batch) -> None:
        if not said or call.at is None:
            return
        if call.closed:
            raise failures.broken("The upstream went on with a tool call that was complete.")
        call.said.append(said)
        out.append(Delta(call.at, said))

    def settle(self, out: Batch) -> None:
        """Another part begins: closes the calls that are complete."""
        for call in self._list:
            if call.at is not None and not call.closed and call.complete():
                self._close(call, out)

    def end(self, out: Batch) -> None:
        for call in self._list:
            if call.at is not None and not call.closed:
                self._close(call, out)

    def _close(self, call: Call, out: Batch) -> None:
        if call.at is not None:
            call.closed = True
            out.append(Close(call.at, call.signature))


def _arguments(value: Any) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else msgspec.json.encode(value).decode()
