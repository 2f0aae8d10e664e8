from __future__ import annotations

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from proxy.dialects.gemini.elements import Elements
from tests.proxy.dialects.gemini.bodies import objects


@given(st.lists(objects, max_size=4), st.integers(1, 9), st.sampled_from([None, 2]))
def test_every_cut_gives_the_same_elements(
    values: list[Any], size: int, indent: int | None
) -> None:
    data = json.dumps(values, indent=indent).encode()
    elements = Elements()
    found = [one for at in range(0, len(data), size) for one in elements.feed(data[at : at + size])]
    assert [json.loads(one) for one in found] == values


def test_brackets_and_quotes_in_strings_do_not_count() -> None:
    data = rb'[{"a":"}]\"{["},{"b":"\\"}]'
    assert Elements().feed(data) == [rb'{"a":"}]\"{["}', rb'{"b":"\\"}']
