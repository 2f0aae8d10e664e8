from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from proxy.dialects.anthropic import usage
from proxy.ir import Usage

FULL = {
    "input_tokens": 10,
    "cache_read_input_tokens": 5,
    "cache_creation_input_tokens": 2,
    "output_tokens": 9,
    "output_tokens_details": {"thinking_tokens": 4},
    "service_tier": "standard",
}


@pytest.mark.parametrize(
    ("wire", "expected"),
    [
        (FULL, (17, 9, 5, 4)),
        ({"input_tokens": 1, "output_tokens": 2}, (1, 2, None, None)),
        ({"output_tokens": 2}, (None, 2, None, None)),
        ({"input_tokens": True, "output_tokens": float("nan")}, (None, None, None, None)),
        ({"input_tokens": -1, "output_tokens": 2.0}, (None, 2, None, None)),
        ({"output_tokens_details": []}, (None, None, None, None)),
    ],
)
def test_counts_are_summed(wire: Any, expected: Any) -> None:
    read = usage.read(wire)
    assert (read.input, read.output, read.cached, read.thinking) == expected


def test_an_own_count_is_written_as_it_came() -> None:
    assert usage.write(usage.read(FULL)) == FULL


@pytest.mark.parametrize(
    ("count", "expected"),
    [
        (None, {"input_tokens": 0, "output_tokens": 0}),
        (
            Usage(10, 7, 4),
            {
                "input_tokens": 6,
                "cache_read_input_tokens": 4,
                "cache_creation_input_tokens": 0,
                "output_tokens": 7,
            },
        ),
    ],
)
def test_counts_of_others_are_split_back(count: Usage | None, expected: Any) -> None:
    assert usage.write(count) == expected


def test_a_changed_count_is_not_written_as_it_came() -> None:
    assert usage.write(replace(usage.read(FULL), output=99))["output_tokens"] == 99
