"""Media in messages."""

from __future__ import annotations

from typing import Any

import pytest

from proxy.dialects.openai_chat import media
from proxy.errors import GatewayError


@pytest.mark.parametrize(
    ("kind", "inner", "mime", "data", "url"),
    [
        ("image_url", {"url": "data:image/png;base64,aGk="}, "image/png", "aGk=", ""),
        ("image_url", {"url": "https://x/a.png"}, "", "", "https://x/a.png"),
        ("image_url", "https://x/a.png", "", "", "https://x/a.png"),
        ("input_audio", {"data": "aGk=", "format": "wav"}, "audio/wav", "aGk=", ""),
        ("file", {"file_data": "aGk=", "filename": "A.PDF"}, "application/pdf", "aGk=", ""),
        ("file", {"file_data": "https://x/a.pdf"}, "", "", "https://x/a.pdf"),
        ("video_url", {"url": "data:video/mp4;base64,aGk="}, "video/mp4", "aGk=", ""),
    ],
    ids=["data", "url", "bare", "audio", "file", "file-url", "video"],
)
def test_media_are_read_and_written(kind: str, inner: Any, mime: str, data: str, url: str) -> None:
    part = {"type": kind, kind: inner}
    read = media.parse(part, kind, "p")
    assert (read.mime_type, read.data, read.url) == (mime, data, url)
    assert media.render(read, "p") == part


@pytest.mark.parametrize("url", ["", "data:text/plain,hello", "data:image/png;base64"])
def test_an_odd_url_is_refused(url: str) -> None:
    with pytest.raises(GatewayError, match=r"p\.image_url\.url"):
        media.parse({"type": "image_url", "image_url": {"url": url}}, "image_url", "p")
