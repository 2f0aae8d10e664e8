"""Reads and writes one JSON object so that the same object comes out again.

Google accepts camelCase and snake_case in any mixture, null for "not said", and a single object
in place of a list. `Reader` takes the fields that the IR models and keeps how they were spelt in
`Opaque.shape`; the others stay in `Opaque.data`. `Writer` is its mirror. What was spelt in a
peculiar way is written so again only while the IR still says the same, so changed values win.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from functools import cache
from typing import Any, Final, TypeVar

from proxy.dialects import reading
from proxy.dialects.base import JSON
from proxy.ir import Dialect, Opaque

T = TypeVar("T")
Kind = Callable[[Any, str], T]

GEMINI: Final = Dialect.GEMINI
"""Looking an enum's member up takes as long in Python 3.11 as making a small value."""

ABSENT: Final = "<absent>"
"""In a memo: the field was not there, although the canonical form has it."""

PLAIN: Final = Opaque(GEMINI)
"""Nothing unmodelled, and everything spelt as `Writer` spells it. Never changed, so shared."""

_NULL: Final = (None, None)


@cache
def snake(name: str) -> str:
    """`thoughtSignature` → `thought_signature`."""
    return "".join("_" + letter.lower() if letter.isupper() else letter for letter in name)


def mine(opaque: Opaque | None) -> Opaque | None:
    """The opaque data, if this dialect wrote it."""
    return opaque if opaque is not None and opaque.origin is GEMINI else None


def plain(opaque: Opaque | None) -> bool:
    """Whether it says nothing that a `Writer` would use."""
    return opaque is None or opaque is PLAIN or opaque.origin is not GEMINI


class Items:
    """The elements of a list, where a lone object counts as a list of one.

    Iterating gives each with its path; `path` gives one only when it is needed.
    """

    __slots__ = ("_lone", "_place", "values")

    def __init__(self, values: list[Any], place: str, *, lone: bool = False) -> None:
        self.values = values
        self._place = place
        self._lone = lone

    def path(self, number: int) -> str:
        return self._place if self._lone else f"{self._place}[{number}]"

    def __len__(self) -> int:
        return len(self.values)

    def __iter__(self) -> Iterator[tuple[Any, str]]:
        return ((value, self.path(number)) for number, value in enumerate(self.values))


class Reader:
    """Takes the modelled fields out of one object. Names are given in camelCase."""

    __slots__ = ("_inner", "_left", "_memos", "_names", "path")

    def __init__(self, value: Any, path: str) -> None:
        self.path = path
        self._left: JSON = (value if type(value) is dict else reading.obj(value, path)).copy()
        self._names: dict[str, str] = {}
        self._memos: dict[str, tuple[Any, Any]] = {}
        self._inner: dict[str, Reader] = {}

    def has(self, name: str) -> bool:
        left = self._left
        return left.get(name if name in left else snake(name)) is not None

    def place(self, name: str) -> str:
        """The path of a field that was taken."""
        return reading.place(self.path, self._names.get(name, name))

    def get(self, name: str, kind: Kind[T]) -> T | None:
        """The field, None when it is absent or null. Raises INVALID_REQUEST for a wrong type."""
        value = self.raw(name)
        if value is None:
            return None
        return (
            value if type(value) in reading.EXACT.get(kind, ()) else kind(value, self.place(name))
        )

    def string(self, name: str) -> str:
        """A text field where "" means the same as nothing."""
        value = self.get(name, reading.text)
        if value == "":
            self.memo(name, "", None)
        return value or ""

    def items(self, name: str) -> Items | None:
        value = self.raw(name)
        if value is None:
            return None
        place = self.place(name)
        if isinstance(value, dict):
            self._memos[name] = (value, [value])
            return Items([value], place, lone=True)
        return Items(reading.array(value, place), place)

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
        left = self._left
        if name in left:
            value = left.pop(name)
        elif left and (key := snake(name)) in left:
            value = left.pop(key)
            self._names[name] = key
        else:
            return None
        if value is None:
            self._memos[name] = _NULL
        return value

    def memo(self, name: str, wire: Any, value: Any) -> None:
        """`name` was written as `wire`, which the writer would write as `value`."""
        self._memos[name] = (wire, value)

    def null(self, name: str) -> bool:
        return self._memos.get(name) is _NULL

    @property
    def left(self) -> Collection[str]:
        """The keys that nobody has taken."""
        return self._left.keys()

    def opaque(self, **shape: Any) -> Opaque:
        """What is left, and how the rest was spelt; `shape` adds what only the caller knows.

        The reader is used up then.
        """
        data = self._left
        if self._inner:
            shape["inner"] = inner = {}
            for name, reader in self._inner.items():
                inner[name] = below = reader.opaque()
                if below.data:
                    data[self._names.get(name, name)] = below.data
        if self._names:
            shape["names"] = self._names
        if self._memos:
            shape["memos"] = self._memos
        return Opaque(GEMINI, data, shape) if data or shape else PLAIN


class Writer:
    """Builds one object, in camelCase unless its `Reader` saw another spelling."""

    __slots__ = ("_body", "_data", "_inner", "_memos", "_names", "_open")

    def __init__(self, opaque: Opaque | None = None) -> None:
        self._body: JSON = {}
        self._open: dict[str, Writer] = {}
        self._data: Mapping[str, Any] = _NOTHING
        self._names: Mapping[str, str] = _NOTHING
        self._memos: Mapping[str, tuple[Any, Any]] = _NOTHING
        self._inner: Mapping[str, Opaque] = _NOTHING
        if opaque is not None and not plain(opaque):
            self._data, shape = opaque.data, opaque.shape
            self._names = shape.get("names", _NOTHING)
            self._memos = shape.get("memos", _NOTHING)
            self._inner = shape.get("inner", _NOTHING)

    @property
    def fresh(self) -> bool:
        """Whether a field without a value is simply left out."""
        return not (self._memos or self._inner)

    def put(self, name: str, value: Any) -> None:
        """None leaves the field out."""
        if not (self._memos and self.recall(name, value)) and value is not None:
            self._body[self._names.get(name, name)] = value

    def fill(self, fields: Mapping[str, Any]) -> None:
        """Puts many at once, of which most are usually None."""
        for name, value in fields.items():
            if value is not None or self._memos:
                self.put(name, value)

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
        self._open[name] = writer = Writer(self._inner.get(name))
        return writer

    def had(self, name: str) -> bool:
        """Whether the object that was read had an object in `name`."""
        return name in self._inner

    def done(self) -> JSON:
        for name, writer in self._open.items():
            body = writer.done()
            if body or name in self._inner:
                self._body[self._names.get(name, name)] = body
            elif self._memos:
                self.recall(name, None)
        return {**self._data, **self._body} if self._data else self._body


_NOTHING: Mapping[str, Any] = {}
