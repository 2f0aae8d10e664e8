"""Damages JSON: one place of a valid value becomes anything else."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from tests.proxy.dialects.openai_chat.bodies import anything


@st.composite
def damaged(draw: st.DrawFn, values: st.SearchStrategy[Any]) -> Any:
    value = draw(values)
    places = list(_places(value, ()))
    path = draw(st.sampled_from(places)) if places else ()
    return _replaced(value, path, draw(anything))


def _places(value: Any, path: tuple[Any, ...]) -> list[tuple[Any, ...]]:
    found = [path] if path else []
    keys = value.keys() if isinstance(value, dict) else range(len(value)) if _list(value) else ()
    for key in keys:
        found += _places(value[key], (*path, key))
    return found


def _list(value: Any) -> bool:
    return isinstance(value, list)


def _replaced(value: Any, path: tuple[Any, ...], new: Any) -> Any:
    if not path:
        return new
    copy = dict(value) if isinstance(value, dict) else list(value)
    copy[path[0]] = _replaced(value[path[0]], path[1:], new)
    return copy
