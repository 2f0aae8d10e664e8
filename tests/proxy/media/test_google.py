"""What Google's models read themselves."""

from __future__ import annotations

import pytest

from proxy.media import google


@pytest.mark.parametrize(
    "url",
    [
        "gs://bucket/a.mp4",
        "https://generativelanguage.googleapis.com/v1beta/files/abc",
        "https://www.youtube.com/watch?v=1",
        "https://youtu.be/1",
    ],
)
def test_it_is_left_to_google(url: str) -> None:
    assert google.reads(url)


@pytest.mark.parametrize(
    "url",
    [
        "https://example.com/a.png",
        "https://youtube.com.evil.example/",
        "http://generativelanguage.googleapis.com/v1beta/files/abc",
        "https://example.com/?u=https://youtu.be/1",
    ],
)
def test_it_is_not(url: str) -> None:
    assert not google.reads(url)
