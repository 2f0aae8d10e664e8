"""Token counts."""

from __future__ import annotations

from typing import Any

import pytest

from proxy.dialects.openai_chat import usage
from proxy.ir import Usage


@pytest.mark.parametrize(
    ("wire", "expected"),
    [
        ({"prompt_tokens": 3, "completion_tokens": 2, "total_tokens": 5}, (3, 2, None, None)),
        ({"prompt_tokens": 3, "completion_tokens": 2, "total_tokens": 9}, (3, 6, None, 4)),
        ({"prompt_tokens": 3, "prompt_cache_hit_tokens": 1}, (3, None, 1, None)),
        ({"prompt_tokens": 3, "cache_read_input_tokens": 2}, (3, None, 2, None)),
        ({"prompt_tokens": 3, "cached_tokens": 2}, (3, None, 2, None)),
        ({"prompt_tokens": "3", "completion_tokens": True}, (None, None, None, None)),
    ],
    ids=["openai", "google", "deepseek", "databricks", "huggingface", "odd"],
)
def test_counts_are_found(wire: dict[str, Any], expected: tuple[int | None, ...]) -> None:
    read = usage.read(wire)
    assert (read.input, read.output, read.cached, read.thinking) == expected


def test_details_and_costs_survive() -> None:
    wire = {
        "prompt_tokens": 3,
        "completion_tokens": 2,
        "total_tokens": 5,
        "prompt_tokens_details": {"cached_tokens": 1, "audio_tokens": 2},
        "completion_tokens_details": {"reasoning_tokens": 1, "image_tokens": 1},
        "cost": 0.5,
    }
    assert usage.write(usage.read(wire)) == wire


def test_what_is_not_known_is_zero_in_the_sums() -> None:
    zero = {"prompt_tokens": 0, "completion_tokens": 0, "total_tokens": 0}
    assert usage.write(Usage()) == zero
