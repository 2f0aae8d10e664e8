from __future__ import annotations

from typing import Any

import pytest

from proxy.dialects.openai_responses import keeping
from proxy.ir import Dialect, Opaque


def test_only_what_says_something_can_be_lost() -> None:
    keep = keeping.Keep()
    keep.rest({"a": None, "b": [], "c": 0, "d": 1, "e": ""}, frozenset({"d", "e"}))
    assert keep.data == {"c": 0}
    assert keep.shape == {"empty": {"a": None, "b": [], "e": ""}}


def test_what_was_kept_comes_back_into_its_box() -> None:
    keep = keeping.Keep()
    keep.rest({"x": 1, "y": None}, frozenset(), "box")
    assert keeping.restore({"box": {}}, keep.opaque()) == {"box": {"x": 1, "y": None}}
    assert keeping.restore({}, keep.opaque()) == {"box.x": 1, "box.y": None}


def test_what_was_changed_stays_changed() -> None:
    opaque = Opaque(keeping.ORIGIN, {}, {"empty": {"a": None}})
    assert keeping.restore({"a": 1}, opaque) == {"a": 1}


@pytest.mark.parametrize("opaque", [None, Opaque(Dialect.GEMINI, {"a": 1}, {"empty": {"b": ""}})])
def test_what_others_kept_is_not_touched(opaque: Any) -> None:
    assert keeping.restore({}, opaque) == {}
    assert keeping.data(opaque) == keeping.shape(opaque) == {}
    assert not keeping.native(opaque)


def test_nothing_kept_is_nothing() -> None:
    assert keeping.Keep().opaque() is None
    assert keeping.native(keeping.Keep().mark())
