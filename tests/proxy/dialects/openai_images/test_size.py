"""Pixels, and the ratios and classes that Gemini's models know."""

from __future__ import annotations

import pytest

from proxy.dialects.openai_images import size
from proxy.errors import GatewayError


@pytest.mark.parametrize(
    ("said", "ratio", "kind", "exact"),
    [
        ("auto", "", "", True),
        ("1024x1024", "1:1", "", True),
        ("2048x2048", "1:1", "2K", True),
        ("4096x4096", "1:1", "4K", True),
        ("256x256", "1:1", "", False),
        ("1536x1024", "3:2", "", False),
        ("1024x1536", "2:3", "", False),
        ("1792x1024", "16:9", "", False),
        ("2560x1440", "16:9", "2K", False),
        ("3840x2160", "16:9", "4K", False),
        ("3440x1440", "21:9", "2K", False),
        ("99999x1", "21:9", "", False),
    ],
)
def test_the_nearest_is_taken(said: str, ratio: str, kind: str, exact: bool) -> None:
    assert size.read(said) == (ratio, kind, exact)


@pytest.mark.parametrize("said", ["big", "0x9", "10", "1024 x 1024", "-1x5", "123456x1"])
def test_what_is_no_size_is_refused(said: str) -> None:
    with pytest.raises(GatewayError) as refused:
        size.read(said)
    assert refused.value.param == "size"


@pytest.mark.parametrize(
    ("ratio", "kind", "pixels"),
    [
        ("", "", ""),
        ("1:1", "", "1024x1024"),
        ("", "2K", "2048x2048"),
        ("16:9", "2K", "2736x1536"),
        ("9:16", "1k", "768x1360"),
        ("odd", "", ""),
    ],
)
def test_a_ratio_becomes_pixels(ratio: str, kind: str, pixels: str) -> None:
    assert size.write(ratio, kind) == pixels
