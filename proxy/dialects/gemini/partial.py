"""Function calls whose arguments come in pieces (Vertex `streamFunctionCallArguments`).

A piece names a place by a JSON path (`$.steps[0].text`) and brings its value, or more of a string.
"""

from __future__ import annotations

import re
from itertools import pairwise
from typing import Any

from proxy.dialects import jsontext
from proxy.dialects.base import JSON

_STEP = re.compile(
    r"\.([^.\[\]]+)"
    r"|\[(\d{1,6})\]"
    r"|\['((?:[^'\\]|\\.)*)'\]"
    r'|\["((?:[^"\\]|\\.)*)"\]'
)

# No real list grows by more than one at a time; a wild index must not eat the memory.
_GAP = 64

_VALUES = ("stringValue", "numberValue", "boolValue")

Step = str | int


class Pending:
    """One call that is still being told. `call` is its first `functionCall` object."""

    def __init__(self, call: JSON, signature: Any) -> None:
        self.call = {key: value for key, value in call.items() if key not in _STREAMED}
        self.signature = signature
        self._args: JSON = dict(call["args"]) if isinstance(call.get("args"), dict) else {}
        self._growing: set[str] = set()

    def add(self, pieces: Any) -> None:
        for piece in pieces if isinstance(pieces, list) else ():
            path = piece.get("jsonPath") if isinstance(piece, dict) else None
            if isinstance(path, str):
                self._set(path, piece)

    def part(self) -> JSON:
        """The call as one whole part."""
        part: JSON = {"functionCall": {**self.call, "args": self._args}}
        if self.signature is not None:
            part["thoughtSignature"] = self.signature
        return part

    def _set(self, path: str, piece: JSON) -> None:
        value = next((piece[name] for name in _VALUES if name in piece), None)
        steps = _steps(path)
        if not steps:
            return
        holder = _holder(self._args, steps)
        if holder is None:
            return
        if path in self._growing and isinstance(value, str):
            before = _at(holder, steps[-1])
            value = before + value if isinstance(before, str) else value
        _put(holder, steps[-1], value)
        if piece.get("willContinue"):
            self._growing.add(path)
        else:
            self._growing.discard(path)


_STREAMED = frozenset({"willContinue", "partialArgs", "args"})


def streamed(call: JSON) -> bool:
    """Whether this `functionCall` object is not a whole call."""
    return "willContinue" in call or "partialArgs" in call


def _steps(path: str) -> list[Step]:
    """Nothing for a path that is no plain JSON path below `$`."""
    if not path.startswith("$"):
        return []
    steps: list[Step] = []
    at = 1
    while at < len(path):
        found = _STEP.match(path, at)
        if not found or len(steps) > 100:
            return []
        at = found.end()
        if found[2] is not None:
            steps.append(int(found[2]))
        else:
            name = found[1] if found[1] is not None else found[3] or found[4] or ""
            steps.append(name if found[1] is not None else _unescaped(name))
    return steps


def _unescaped(name: str) -> str:
    text = jsontext.decoded('{"a":"' + name.replace("\\'", "'") + '"}')
    return text["a"] if text else name


def _holder(root: JSON, steps: list[Step]) -> Any:
    """The object or list that the last step is in, made on the way."""
    holder: Any = root
    for step, following in pairwise(steps):
        below = _at(holder, step)
        if not isinstance(below, list if isinstance(following, int) else dict):
            below = [] if isinstance(following, int) else {}
            if not _put(holder, step, below):
                return None
        holder = below
    return holder


def _at(holder: Any, step: Step) -> Any:
    if isinstance(holder, list):
        return holder[step] if isinstance(step, int) and step < len(holder) else None
    return holder.get(step)


def _put(holder: Any, step: Step, value: Any) -> bool:
    if isinstance(holder, dict):
        holder[str(step)] = value
        return True
    if not isinstance(step, int) or step > len(holder) + _GAP:
        return False
    holder.extend([None] * (step + 1 - len(holder)))
    holder[step] = value
    return True
