"""A file is what its bytes prove."""

from __future__ import annotations

import pytest

from proxy.media import kinds
from tests.support.filehost import PNG

JPEG = b"\xff\xd8\xff\xe0" + bytes(16)
WEBP = b"RIFF\x10\x00\x00\x00WEBPVP8 " + bytes(8)
PDF = b"%PDF-1.7\n"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script/></svg>'


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (PNG, "image/png"),
        (JPEG, "image/jpeg"),
        (b"GIF89a...", "image/gif"),
        (WEBP, "image/webp"),
        (b"\x00\x00\x00\x20ftypavif", "image/avif"),
        (b"\x00\x00\x00\x20ftypheic", "image/heic"),
        (b"\x00\x00\x00\x20ftypisom", "video/mp4"),
        (b"RIFF\x10\x00\x00\x00WAVEfmt ", "audio/wav"),
        (b"RIFF\x10\x00\x00\x00ELSE", ""),
        (PDF, "application/pdf"),
        (SVG, ""),
        (b"", ""),
    ],
)
def test_first_bytes_tell_the_kind(data: bytes, kind: str) -> None:
    assert kinds.sniffed(data) == kind


@pytest.mark.parametrize(
    ("declared", "data", "kind"),
    [
        ("image/png", PNG, "image/png"),
        ("image/png", JPEG, "image/jpeg"),
        ("image/jpg", JPEG, "image/jpeg"),
        ("", PNG, "image/png"),
        ("application/octet-stream", PDF, "application/pdf"),
        ("image/png", b"<html>", ""),
        ("image/svg+xml", SVG, ""),
        ("application/pdf", b"<html>", ""),
        ("application/octet-stream", b"root:x:0:0", ""),
        ("audio/mpeg", b"\xff\xfb\x90", "audio/mpeg"),
        ("audio/mp4", b"\x00\x00\x00\x20ftypisom", "audio/mp4"),
        ("video/mp4", PNG, ""),
        ("text/plain", "é".encode(), "text/plain"),
        ("text/plain", b"\xff\xfe", ""),
        ("text/plain", b"a\x00b", ""),
    ],
)
def test_what_the_server_says_must_fit(declared: str, data: bytes, kind: str) -> None:
    assert kinds.settled(declared, data) == kind


@pytest.mark.parametrize(
    ("declared", "welcome"),
    [
        ("image/png", True),
        ("video/mp4", True),
        ("binary/octet-stream", True),
        ("text/html", False),
        ("application/json", False),
        ("text/plainest", False),
    ],
)
def test_other_kinds_are_not_even_read(declared: str, welcome: bool) -> None:
    assert kinds.is_welcome(declared) is welcome


def test_parameters_are_no_part_of_a_type() -> None:
    assert kinds.essence(" Text/Plain; charset=utf-8") == "text/plain"
