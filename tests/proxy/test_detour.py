from __future__ import annotations

import pytest

from proxy import detour

LISTED = (
    "gemini-2.5-flash",
    "gemini-2.5-flash-preview-05-20",
    "gemini-2.5-flash-preview-09-2025",
    "gemini-2.5-flash-preview-tts",
    "gemini-3-pro-preview",
    "gemini-2.5-flash-lite",
)


@pytest.mark.parametrize(
    ("name", "found"),
    [
        (
            "gemini-2.5-flash",
            ["gemini-2.5-flash-preview-09-2025", "gemini-2.5-flash-preview-05-20"],
        ),
        (
            "gemini-2.5-flash-preview-05-20",
            ["gemini-2.5-flash", "gemini-2.5-flash-preview-09-2025"],
        ),
        ("gemini-3-pro", ["gemini-3-pro-preview"]),
        ("gemini-3-pro-preview", []),
        ("gemini-2.5-flash-preview-tts", []),
        ("gpt-5", []),
    ],
)
def test_it_knows_the_previews_that_are_listed(name: str, found: list[str]) -> None:
    assert detour.siblings(name, LISTED) == found


@pytest.mark.parametrize(
    ("pairs", "found"),
    [
        ([], []),
        ([("a", "b"), ("a", "c"), ("a", "b"), ("x", "y")], ["b", "c"]),
        ([("*", "a"), ("*", "b")], ["b"]),
        ([("?", "preview"), ("*", "c")], ["a-preview", "c"]),
    ],
)
def test_the_pairs_are_followed_in_their_order(
    pairs: list[tuple[str, str]], found: list[str]
) -> None:
    assert detour.others("a", pairs, ["a-preview"]) == found
