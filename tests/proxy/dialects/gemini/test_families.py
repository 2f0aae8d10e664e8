from __future__ import annotations

import pytest

from proxy.dialects.gemini.families import (
    FLASH_2_5,
    FLASH_3,
    IMAGE_3,
    LITE_2_5,
    PLAIN,
    PRO_2_5,
    PRO_3,
    Family,
    family,
)


@pytest.mark.parametrize(
    ("model", "expected"),
    [
        ("gemini-1.5-flash", PLAIN),
        ("gemini-2.0-flash-001", PLAIN),
        ("gemini-2.5-pro", PRO_2_5),
        ("models/gemini-2.5-flash", FLASH_2_5),
        ("gemini-2.5-flash-lite", LITE_2_5),
        ("gemini-2.5-flash-image", PLAIN),
        ("gemini-2.5-flash-preview-tts", PLAIN),
        ("gemini-3-pro-preview", PRO_3),
        ("gemini-3.1-pro-preview", PRO_3),
        ("gemini-3.6-flash", FLASH_3),
        ("publishers/google/models/gemini-3-flash-preview", FLASH_3),
        ("gemini-3-pro-image-preview", IMAGE_3),
        ("gemini-flash-lite-latest", FLASH_3),
        ("gemini-pro-latest", PRO_3),
        ("gemini-embedding-001", PLAIN),
        ("gpt-5", PLAIN),
    ],
)
def test_a_name_tells_the_family(model: str, expected: Family) -> None:
    assert family(model) == expected
