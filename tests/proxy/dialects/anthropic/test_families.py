from __future__ import annotations

import pytest

from proxy.dialects.anthropic.families import (
    ADAPTIVE,
    ALWAYS,
    BUDGETED,
    FIFTH,
    OLDEST,
    OPUS_4_7,
    SILENT,
    STRICT,
    Family,
    family,
)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("claude-2.1", OLDEST),
        ("claude-instant-1.2", OLDEST),
        ("claude-3-opus-20240229", OLDEST),
        ("claude-3-5-sonnet-20241022", SILENT),
        ("claude-3-7-sonnet@20250219", BUDGETED),
        ("claude-sonnet-4-20250514", BUDGETED),
        ("claude-opus-4-1-20250805", BUDGETED),
        ("claude-sonnet-4-5-20250929", STRICT),
        ("claude-haiku-4-5", STRICT),
        ("us.anthropic.claude-opus-4-6-v1:0", ADAPTIVE),
        ("anthropic/claude-sonnet-4.6", ADAPTIVE),
        ("claude-opus-4-7", OPUS_4_7),
        ("claude-opus-4-8", OPUS_4_7),
        ("claude-sonnet-5", FIFTH),
        ("claude-opus-5-5", FIFTH),
        ("claude-fable-5", ALWAYS),
        ("claude-mythos-preview", ALWAYS),
        ("something-else", FIFTH),
    ],
)
def test_a_name_tells_its_family(name: str, expected: Family) -> None:
    assert family(name) == expected
