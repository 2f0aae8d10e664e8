"""Base64 as services take it."""

from __future__ import annotations

import pytest

from gateway.simulator.question import Attachment, data_url, unbase64


@pytest.mark.parametrize("text", ["+/+/", "-_-_", "+/+/====", ""])
def test_both_alphabets_are_read(text: str) -> None:
    assert unbase64(text) in {b"", b"\xfb\xff\xbf"}


@pytest.mark.parametrize("text", ["*", "abc d", "a"])
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        unbase64(text)


def test_a_data_url_is_decoded() -> None:
    assert data_url("data:image/png;base64,YWJj") == Attachment("image/png", b"abc")


def test_another_url_is_kept() -> None:
    assert data_url("https://example.com/a") == Attachment("", uri="https://example.com/a")


@pytest.mark.parametrize("url", ["data:", "data:image/png,abc", "data:image/png;base64,***"])
def test_a_bad_data_url_is_refused(url: str) -> None:
    with pytest.raises(ValueError):
        data_url(url)


@pytest.mark.parametrize(
    ("mime_type", "modality"),
    [
        ("image/png", "IMAGE"),
        ("audio/wav", "AUDIO"),
        ("application/pdf", "DOCUMENT"),
        ("", "DOCUMENT"),
    ],
)
def test_attachments_have_a_modality(mime_type: str, modality: str) -> None:
    assert Attachment(mime_type).modality == modality
