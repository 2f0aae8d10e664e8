"""Reads and writes one JSON object so that the same object comes out again.

`Reader` takes the fields that the IR models and keeps in `Opaque.shape` how they were spelt (a
string for a list, null, an empty list); all others stay in `Opaque.data`. `Writer` is its mirror.
A peculiar spelling is used again only while the IR still says the same, so changed values win.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, TypeVar

from proxy.dialects import reading
from proxy.dialects.base import JSON
from proxy.errors import invalid
from proxy.ir import Dialect, Opaque

T = TypeVar("T")
Kind = Callable[[Any, str], T]

ORIGIN = Dialect.ANTHROPIC

ABSENT: Final = "<absent>"
"""In a memo: the field was not there, although the usual form has it."""


def mine(opaque: Opaque | None) -> Opaque | None:
    """The opaque data, if this dialect wrote it."""
    return opaque if opaque is not None and opaque.origin is ORIGIN else None


class Reader:
    """Takes the modelled fields out of one object."""

    def __init__(self, value: Any, path: str) -> None:
        self.path = path
        self._left = dict(reading.obj(value, path))
        self._memos: dict[str, tuple[Any, Any]] = {}
        self._inner: dict[str, Reader] = {}

    def place(self, name: str) -> str:
        return reading.place(self.path, name)

    def has(self, name: str) -> bool:
        return self._left.get(name) is not None

    def raw(self, name: str) -> Any:
        """The field as it is, None when absent or null."""
        if name not in self._left:
            return None
        value = self._left.pop(name)
        if value is None:
            self._memos[name] = (None, None)
        return value

    def get(self, name: str, kind: Kind[T]) -> T | None:
        """The field, None when it is absent or null. Raises INVALID_REQUEST for a wrong type."""
        value = self.raw(name)
        return None if value is None else kind(value, self.place(name))

    def need(self, name: str, kind: Kind[T]) -> T:
        value = self.get(name, kind)
        if value is None:
            where = self.place(name)
            raise invalid(f"{where} is missing", where)
        return value

    def string(self, name: str) -> str:
        """A text field where "", null and absence mean the same."""
        value = self.get(name, reading.text)
        if value == "":
            self.memo(name, "", None)
        return value or ""

    def flag(self, name: str) -> bool:
        """A switch whose `false` means the same as absence."""
        value = self.get(name, reading.flag)
        if value is False:
            self.memo(name, False, None)
        return bool(value)

    def inner(self, name: str) -> Reader | None:
        """An object field whose spelling is kept together with this object's."""
        reader = self.apart(name)
        if reader is not None:
            self._inner[name] = reader
        return reader

    def apart(self, name: str) -> Reader | None:
        """An object field whose spelling is kept by a value of its own."""
        value = self.raw(name)
        return None if value is None else Reader(value, self.place(name))

    def memo(self, name: str, wire: Any, value: Any) -> None:
        """`name` was written as `wire`, which the writer would write as `value`."""
        self._memos[name] = (wire, value)

    def usual(self, name: str, value: Any) -> None:
        """The writer writes `name` as `value`, also if it was absent or null here."""
        self._memos[name] = (None if name in self._memos else ABSENT, value)

    def opaque(self, **shape: Any) -> Opaque:
        """What is left, and how the rest was spelt; `shape` adds what only the caller knows."""
        data = dict(self._left)
        inner: dict[str, Opaque] = {}
        for name, reader in self._inner.items():
            inner[name] = below = reader.opaque()
            if below.data:
                data[name] = below.data
        if self._memos:
            shape["memos"] = self._memos
        if inner:
            shape["inner"] = inner
        return Opaque(ORIGIN, data, shape)


class Writer:
    """Builds one object, spelt as its `Reader` saw it."""

    def __init__(self, opaque: Opaque | None = None) -> None:
        own = mine(opaque)
        self._data: JSON = dict(own.data) if own else {}
        self._memos: dict[str, tuple[Any, Any]] = own.shape.get("memos", {}) if own else {}
        self._inner: dict[str, Opaque] = own.shape.get("inner", {}) if own else {}
        self._body: JSON = {}
        self._open: dict[str, Writer] = {}

    def put(self, name: str, value: Any) -> None:
        """None leaves the field out."""
        if not self.recall(name, value) and value is not None:
            self._body[name] = value

    def recall(self, name: str, value: Any) -> bool:
        """Writes `name` as it came, if it came and still means `value`."""
        if name not in self._memos or self._memos[name][1] != value:
            return False
        wire = self._memos[name][0]
        if wire is not ABSENT:
            self._body[name] = wire
        return True

    def inner(self, name: str) -> Writer:
        """The writer of an object field. It appears if it was there before, or has content."""
        if name not in self._open:
            if name in self._inner:
                self._data.pop(name, None)
            self._open[name] = Writer(self._inner.get(name))
        return self._open[name]

    def done(self) -> JSON:
        for name, writer in self._open.items():
            body = writer.done()
            if body or name in self._inner:
                self._body[name] = body
            else:
                self.recall(name, None)
        return {**self._data, **self._body}
