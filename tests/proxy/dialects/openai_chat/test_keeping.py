"""What the IR has no place for is kept and comes back."""

from __future__ import annotations

from proxy.dialects.openai_chat import keeping
from proxy.dialects.openai_chat.keeping import Keep
from proxy.ir import Dialect, Opaque

KNOWN = frozenset({"a", "box"})


def test_unknown_fields_and_empty_ones_come_back() -> None:
    keep = Keep()
    keep.rest({"a": None, "box": {}, "b": 1}, KNOWN)
    keep.rest({"a": "", "c": 2}, KNOWN, "box")
    restored = keeping.restore({"box": {}}, keep.opaque())
    assert restored == {"a": None, "b": 1, "box": {"a": "", "c": 2}}


def test_what_is_said_by_now_is_not_emptied() -> None:
    keep = Keep()
    keep.rest({"a": None}, KNOWN)
    assert keeping.restore({"a": 5}, keep.opaque()) == {"a": 5}


def test_nothing_kept_is_nothing() -> None:
    assert Keep().opaque() is None
    assert keeping.restore({"a": 1}, None) == {"a": 1}


def test_another_dialects_data_stay_out() -> None:
    foreign = Opaque(Dialect.GEMINI, {"b": 1}, {"empty": {"c": None}})
    assert keeping.restore({}, foreign) == {}
    assert not keeping.native(foreign)


def test_leaves_are_taken_and_planted_without_a_trace() -> None:
    tree = {"x": {"y": 1, "z": 2}, "q": {"r": 3}}
    bare = keeping.without(keeping.without(tree, ("x", "y")), ("q", "r"))
    assert bare == {"x": {"z": 2}}
    assert keeping.plant(keeping.plant(bare, ("x", "y"), 1), ("q", "r"), 3) == tree
    assert tree == {"x": {"y": 1, "z": 2}, "q": {"r": 3}}
