"""Reads and writes one JSON object so that the same object comes out again.

Google accepts camelCase and snake_case in any mixture, null for "not said", and a single object
in place of a list. `Reader` takes the fields that the IR models and keeps how they were spelt in
`Opaque.shape`; the others stay in `Opaque.data`. `Writer` is its mirror. What was spelt in a
peculiar way is written so again only while the IR still says the same, so changed values win.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from functools import cache
from typing import Any, Final, TypeVar

from proxy.dialects import reading
from proxy.dialects.base import JSON
from proxy.ir import Dialect, Opaque

T = TypeVar("T")
Kind = Callable[[Any, str], T]

ABSENT: Final = "<absent>"
"""In a memo: the field was not there, although the canonical form has it."""


@cache
def snake(name: str) -> str:
    """`thoughtSignature` → `thought_signature`."""
    return "".join("_" + letter.lower() if letter.isupper() else letter for letter in name)


def mine(opaque: Opaque | None) -> Opaque | None:
    """The opaque data, if this dialect wrote it."""
    return opaque if opaque is not None and opaque.origin is Dialect.GEMINI else None


class Reader:
    """Takes the modelled fields out of one object. Names are given in camelCase."""

    def __init__(self, value: Any, path: str) -> None:
        self.path = path
        self._left = dict(reading.obj(value, path))
        self._names: dict[str, str] = {}
        self._memos: dict[str, tuple[Any, Any]] = {}
        self._inner: dict[str, Reader] = {}

    def key(self, name: str) -> str:
        """How this object spells `name`."""
        return self._names.get(name) or (name if name in self._left else snake(name))

    def has(self, name: str) -> bool:
        return self._left.get(self.key(name)) is not None

    def place(self, name: str) -> str:
        return reading.place(self.path, self.key(name))

    def get(self, name: str, kind: Kind[T]) -> T | None:
        """The field, None when it is absent or null. Raises INVALID_REQUEST for a wrong type."""
        value = self.raw(name)
        return None if value is None else kind(value, self.place(name))

    def string(self, name: str) -> str:
        """A text field where "" means the same as nothing."""
        value = self.get(name, reading.text)
        if value == "":
            self.memo(name, "", None)
        return value or ""

    def items(self, name: str) -> list[tuple[Any, str]] | None:
        """The elements of a list with their paths; a lone object counts as a list of one."""
        value = self.raw(name)
        if value is None:
            return None
        place = self.place(name)
        if isinstance(value, dict):
            self._memos[name] = (value, [value])
            return [(value, place)]
        listed = reading.array(value, place)
        return [(item, reading.place(place, number)) for number, item in enumerate(listed)]

    def inner(self, name: str) -> Reader | None:
        value = self.raw(name)
        if value is None:
            return None
        self._inner[name] = reader = Reader(value, self.place(name))
        return reader

    def apart(self, name: str) -> Reader | None:
        """An object field whose spelling is kept by a value of its own, not by this object's."""
        value = self.raw(name)
        return None if value is None else Reader(value, self.place(name))

    def raw(self, name: str) -> Any:
        """The field as it is, None when absent or null."""
        key = self.key(name)
        if key not in self._left:
            return None
        value = self._left.pop(key)
        self._names[name] = key
        if value is None:
            self._memos[name] = (None, None)
        return value

    def memo(self, name: str, wire: Any, value: Any) -> None:
        """`name` was written as `wire`, which the writer would write as `value`."""
        self._memos[name] = (wire, value)

    def null(self, name: str) -> bool:
        return name in self._names and self._memos.get(name) == (None, None)

    @property
    def left(self) -> Collection[str]:
        """The keys that nobody has taken."""
        return self._left.keys()

    def opaque(self, **shape: Any) -> Opaque:
        """What is left, and how the rest was spelt; `shape` adds what only the caller knows."""
        data = dict(self._left)
        inner: dict[str, Opaque] = {}
        for name, reader in self._inner.items():
            inner[name] = below = reader.opaque()
            if below.data:
                data[self.key(name)] = below.data
        names = {name: key for name, key in self._names.items() if name != key}
        spelt = {"names": names, "memos": self._memos, "inner": inner}
        shape.update({part: value for part, value in spelt.items() if value})
        return Opaque(Dialect.GEMINI, data=data, shape=shape)


class Writer:
    """Builds one object, in camelCase unless its `Reader` saw another spelling."""

    def __init__(self, opaque: Opaque | None = None) -> None:
        own = mine(opaque)
        shape = own.shape if own else {}
        self._data: JSON = dict(own.data) if own else {}
        self._names: dict[str, str] = shape.get("names", {})
        self._memos: dict[str, tuple[Any, Any]] = shape.get("memos", {})
        self._inner: dict[str, Opaque] = shape.get("inner", {})
        self._body: JSON = {}
        self._open: dict[str, Writer] = {}

    def put(self, name: str, value: Any) -> None:
        """None leaves the field out."""
        if not self.recall(name, value) and value is not None:
            self._body[self._names.get(name, name)] = value

    def recall(self, name: str, value: Any) -> bool:
        """Writes `name` as it came, if it came and still means `value`."""
        if name not in self._memos or self._memos[name][1] != value:
            return False
        wire = self._memos[name][0]
        if wire is not ABSENT:
            self._body[self._names.get(name, name)] = wire
        return True

    def inner(self, name: str) -> Writer:
        """The writer of an object field. It appears if it was there before, or has content."""
        writer = Writer(self._inner.get(name))
        if name in self._inner:
            self._data.pop(self._names.get(name, name), None)
        self._open[name] = writer
        return writer

    def had(self, name: str) -> bool:
        """Whether the object that was read had an object in `name`."""
        return name in self._inner

    def done(self) -> JSON:
        for name, writer in self._open.items():
            body = writer.done()
            if body or name in self._inner:
                self._body[self._names.get(name, name)] = body
            else:
                self.recall(name, None)
        return {**self._data, **self._body}
