from __future__ import annotations

from typing import Any

import pytest

from proxy.dialects.anthropic.citations import cited
from proxy.ir import Citation, Dialect, Opaque


@pytest.mark.parametrize(
    ("item", "expected"),
    [
        ({"url": "https://x", "title": "X"}, Citation("https://x", "X", 2, 5)),
        ({"source": "https://y", "title": None}, Citation("https://y", "", 2, 5)),
    ],
)
def test_a_source_with_an_address_is_cited(item: Any, expected: Citation) -> None:
    assert cited([item], 2, 5).citations == (expected,)


@pytest.mark.parametrize("item", [{"type": "page_location"}, {"url": 5}, "x", None])
def test_what_has_no_address_stays_anthropics(item: Any) -> None:
    found = cited([item], 2, 5)
    assert found.citations == ()
    assert found.opaque == Opaque(Dialect.ANTHROPIC, {"citations": [item]})
