"""Reads parsed JSON with clear complaints: what is not the right type is the caller's mistake.

A path is how a person would write the place: `messages[2].content`; "" is the body itself.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar, overload

from proxy.errors import GatewayError, invalid

T = TypeVar("T")
Kind = Callable[[Any, str], T]
"""One of the readers below: takes a value and its path, raises INVALID_REQUEST."""


def obj(value: Any, path: str) -> dict[str, Any]:
    if isinstance(value, dict):
        return value
    raise wrong(path, "an object")


def array(value: Any, path: str) -> list[Any]:
    if isinstance(value, list):
        return value
    raise wrong(path, "a list")


def text(value: Any, path: str) -> str:
    if isinstance(value, str):
        return value
    raise wrong(path, "a string")


def number(value: Any, path: str) -> float:
    """An int stays an int, so that it is written again as it came."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return value
    raise wrong(path, "a number")


def integer(value: Any, path: str) -> int:
    """Some clients write whole numbers as 5.0."""
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    if isinstance(value, float) and value.is_integer():
        return int(value)
    raise wrong(path, "an integer")


def flag(value: Any, path: str) -> bool:
    if isinstance(value, bool):
        return value
    raise wrong(path, "true or false")


EXACT: Mapping[Kind[Any], tuple[type, ...]] = {
    obj: (dict,),
    array: (list,),
    text: (str,),
    number: (float, int),
    integer: (int,),
    flag: (bool,),
}
"""The types that a reader takes as they are: most values have one, and need no path to complain of.

Compared with `type(value)`: that of True is bool, so a flag is no number here.
"""


@overload
def get(source: Mapping[str, Any], key: str, kind: Kind[T], path: str) -> T | None: ...
@overload
def get(source: Mapping[str, Any], key: str, kind: Kind[T], path: str, default: T) -> T: ...
def get(
    source: Mapping[str, Any], key: str, kind: Kind[T], path: str, default: T | None = None
) -> T | None:
    """An optional field of the object at `path`; null counts as absent."""
    value = source.get(key)
    if value is None:
        return default
    if type(value) in EXACT.get(kind, ()):
        known: T = source[key]
        return known
    return kind(value, place(path, key))


def need(source: Mapping[str, Any], key: str, kind: Kind[T], path: str) -> T:
    """A required field of the object at `path`."""
    value = source.get(key)
    if type(value) in EXACT.get(kind, ()):
        known: T = source[key]
        return known
    where = place(path, key)
    if value is None:
        raise invalid(f"{where} is missing", where)
    return kind(value, where)


def rest(source: Mapping[str, Any], known: frozenset[str]) -> dict[str, Any]:
    """The fields that the caller does not model."""
    return {key: value for key, value in source.items() if key not in known}


def place(path: str, key: str | int) -> str:
    """The path of a member: `place("messages", 2)` is `messages[2]`."""
    if isinstance(key, int):
        return f"{path}[{key}]"
    return f"{path}.{key}" if path else key


def wrong(path: str, expected: str) -> GatewayError:
    where = path or "the body"
    return invalid(f"{where} must be {expected}", path or None)
