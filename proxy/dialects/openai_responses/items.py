"""The input of a request, read into turns.

What the model said and called is one turn as long as nobody else speaks: reasoning, message and
parallel calls together, because other dialects want them in one message. The results of tools
that follow each other are one turn of the user's. An item that the IR does not model joins the
turn that is going on, or the next one, whoever's it is, so that other dialects, which drop it,
have no empty turn.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from msgspec.structs import replace

from proxy.dialects import seals
from proxy.dialects.base import JSON
from proxy.dialects.openai_responses import calls, content, keeping, thoughts
from proxy.dialects.openai_responses.keeping import ORIGIN
from proxy.dialects.reading import get, need, obj, place, text
from proxy.errors import invalid
from proxy.ir import Foreign, Opaque, Part, Role, Text, Turn

ROLES = {
    "user": Role.USER,
    "assistant": Role.MODEL,
    "system": Role.SYSTEM,
    "developer": Role.SYSTEM,
}
_WHO = {"model": Role.MODEL, "system": Role.SYSTEM}
_OUTER = frozenset({"type", "role", "id", "status", "phase"})
_MESSAGE = _OUTER | {"content"}
_BARE = Opaque(ORIGIN)
_SPOKEN = Opaque(ORIGIN, shape={"field": "input"})
_TOLD = Opaque(ORIGIN, shape={"field": "instructions"})


def parse(body: JSON) -> tuple[Turn, ...]:
    """Raises INVALID_REQUEST for an input that says nothing."""
    gathering = _Gathering()
    if instructions := get(body, "instructions", text, "", ""):
        gathering.turns.append(Turn(Role.SYSTEM, (Text(instructions),), _TOLD))
    value = body.get("input")
    if isinstance(value, str):
        gathering.turns.append(Turn(Role.USER, (Text(value),), _SPOKEN))
    elif isinstance(value, list) and value:
        for number, item in enumerate(value):
            if not gathering.plain(item):
                path = place("input", number)
                gathering.item(obj(item, path), path)
    else:
        raise invalid("input must be a string or a list with at least one item", "input")
    gathering.close()
    return tuple(gathering.turns)


class _Gathering:
    def __init__(self) -> None:
        self.turns: list[Turn] = []
        self._parts: list[Part] = []
        self._kind = ""
        self._opaque: Opaque | None = None
        self._message = False

    def close(self) -> None:
        """The turn that is going on is complete, and what waits for one is a turn of its own."""
        while self._kind:
            self._shut()

    def _shut(self) -> None:
        said, held = self._parts, self._trailing()
        if held:
            said = said[: -len(held)]
        role = _WHO.get(self._kind, Role.USER)
        if role is Role.MODEL:
            said = list(seals.settled(said, ORIGIN))
        self.turns.append(Turn(role, tuple(said), self._opaque))
        self._parts, self._opaque, self._message = held, None, False
        self._kind = "held" if held else ""

    def _trailing(self) -> list[Part]:
        """Unmodelled items after the results of tools. They wait for the next turn, so that
        a turn of results is nothing else."""
        count = 0
        if self._kind == "results":
            count = next(n for n, part in enumerate(reversed(self._parts)) if not _unknown(part))
        return self._parts[len(self._parts) - count :]

    def plain(self, item: Any) -> bool:
        """A user's message that is only a text, as most are; False if it is more than that."""
        if type(item) is not dict or len(item) != 2 or item.get("role") != "user":
            return False
        said = item.get("content")
        if type(said) is not str:
            return False
        self._begin(Role.USER, [Text(said)], _BARE)
        return True

    def item(self, item: JSON, path: str) -> None:
        kind = get(item, "type", text, path, "")
        if kind == "message" or (not kind and "role" in item):
            self._say(item, path)
        elif kind == "reasoning":
            self._model([thoughts.parse(item, path)])
        elif kind in calls.CALLS:
            self._model([calls.parse(item, path)])
        elif kind in calls.RESULTS:
            self._result(calls.parse_result(item, path))
        elif kind == calls.CODE and (parts := calls.code(item)):
            self._model(parts)
        elif kind == calls.PICTURE and (picture := calls.picture(item)):
            self._model([picture])
        elif kind or "id" in item:
            # An item without a type and a role is a reference to one.
            self._foreign(item)
        else:
            raise invalid(f"{path}.type is missing", f"{path}.type")

    def _say(self, item: JSON, path: str) -> None:
        named = need(item, "role", text, path)
        role = ROLES.get(named)
        if role is None:
            known = ", ".join(ROLES)
            raise invalid(f"{path}.role must be one of {known}", f"{path}.role")
        usual = content.OUTPUT if role is Role.MODEL else content.INPUT
        parts = content.parse(item.get("content"), place(path, "content"), usual)
        opaque = _outside(item)
        if not parts:
            self.close()
            self.turns.append(Turn(role, (), opaque))
        elif role is Role.MODEL:
            self._model(_joined(parts, opaque), message=True)
            if opaque.data:
                self._opaque = Opaque(ORIGIN, {**keeping.data(self._opaque), **opaque.data})
        else:
            self._begin(role, parts, opaque)

    def _begin(self, role: Role, parts: Iterable[Part], opaque: Opaque | None) -> None:
        held = self._held()
        self._parts, self._kind, self._opaque = [*held, *parts], role.value, opaque

    def _held(self) -> list[Part]:
        """Unmodelled items that wait for the turn that begins."""
        if self._kind not in ("", "held"):
            self._shut()
        return self._parts

    def _model(self, parts: Iterable[Part], *, message: bool = False) -> None:
        # Two messages in a row are two turns: their texts must not run into each other.
        if self._kind != "model" or (message and self._message):
            self._parts = self._held()
            self._kind, self._opaque = "model", _BARE
        self._parts += parts
        self._message = message

    def _result(self, part: Part) -> None:
        if self._kind != "results":
            self._parts = self._held()
            self._kind, self._opaque = "results", _BARE
        self._parts.append(part)

    def _foreign(self, item: JSON) -> None:
        self._kind = self._kind or "held"
        self._message = False
        self._parts.append(Foreign(Opaque(ORIGIN, item)))


def _unknown(part: Part) -> bool:
    return isinstance(part, Foreign)


def _outside(item: JSON) -> Opaque:
    """What a message says beside its content. Ids, states and phases are how it was spelt."""
    keep = keeping.Keep()
    keep.rest(item, _MESSAGE)
    keep.shape["message"] = {key: item[key] for key in _OUTER if not keeping.void(item.get(key))}
    if isinstance(item.get("content"), list):
        keep.shape["listed"] = True
    keep.shape.get("empty", {}).pop("content", None)
    return keep.mark()


def _joined(parts: tuple[Part, ...], outside: Opaque) -> list[Part]:
    """The parts of an assistant's message, marked so that the message can be written again.

    The first keeps what the message says beside its content.
    """
    first, *others = parts
    return [
        _marked(first, {"outside": outside}),
        *(_marked(part, {"more": True}) for part in others),
    ]


def _marked(part: Part, shape: JSON) -> Part:
    old: Opaque | None = part.opaque
    return replace(part, opaque=Opaque(ORIGIN, keeping.data(old), {**keeping.shape(old), **shape}))
