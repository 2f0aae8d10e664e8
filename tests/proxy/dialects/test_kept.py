"""What the IR has no place for comes back."""

from __future__ import annotations

from typing import Any

import pytest

from proxy.dialects import kept
from proxy.ir import Dialect, Opaque


@pytest.mark.parametrize(
    ("out", "data", "empty", "restored"),
    [
        ({"a": 1}, {"b": 2}, {}, {"a": 1, "b": 2}),
        ({"box": {}}, {"box.x": 1}, {"box.y": None}, {"box": {"x": 1, "y": None}}),
        ({}, {"box.x": 1}, {}, {"box.x": 1}),
        ({}, {}, {"a": ""}, {"a": ""}),
        ({"a": 5}, {}, {"a": None}, {"a": 5}),
    ],
    ids=["unknown", "boxed", "no box", "empty", "said by now"],
)
def test_what_was_kept_comes_back(out: Any, data: Any, empty: Any, restored: Any) -> None:
    opaque = Opaque(Dialect.OPENAI_CHAT, data, {"empty": empty})
    assert kept.restore(out, opaque) == restored
