from __future__ import annotations

import base64

import pytest

from proxy.dialects.gemini import media
from proxy.dialects.gemini.fields import Reader
from proxy.errors import GatewayError
from proxy.ir import Media


def test_url_safe_data_is_read_in_the_standard_alphabet_and_written_as_it_came() -> None:
    body = {"inline_data": {"mime_type": "image/png", "data": "-_8="}}
    read = media.parse_inline(Reader(body, "part"), None)
    assert read.data == "+/8="
    assert media.render(read, None) == body


@pytest.mark.parametrize(
    ("url", "mime", "data"),
    [
        ("data:image/png;base64,AAAA", "image/png", "AAAA"),
        ("data:text/plain,a%20b", "text/plain", base64.b64encode(b"a b").decode()),
        ("data:;base64,iVBORw0KGgo=", "image/png", "iVBORw0KGgo="),
    ],
    ids=["base64", "percent", "sniffed"],
)
def test_a_data_url_becomes_inline_data(url: str, mime: str, data: str) -> None:
    rendered = media.render(Media("", url=url), None)
    assert rendered == {"inlineData": {"mimeType": mime, "data": data}}


@pytest.mark.parametrize(
    "url",
    [
        "gs://bucket/a.png",
        "https://generativelanguage.googleapis.com/v1beta/files/abc",
        "https://www.youtube.com/watch?v=x",
        "https://youtu.be/x",
    ],
)
def test_google_reads_its_own_urls(url: str) -> None:
    assert media.render(Media("", url=url), None) == {"fileData": {"fileUri": url}}


@pytest.mark.parametrize("url", ["https://example.com/a", "http://youtube.com.evil/", "file:///a"])
def test_google_reads_no_others(url: str) -> None:
    with pytest.raises(GatewayError, match="does not read"):
        media.render(Media("", url=url), None)


def test_an_answer_may_hold_any_url() -> None:
    rendered = media.render(Media("image/png", url="https://example.com/a"), None, asked=False)
    assert rendered["fileData"]["fileUri"] == "https://example.com/a"


@pytest.mark.parametrize(
    ("data", "mime"),
    [
        ("/9j/4AAQ", "image/jpeg"),
        (base64.b64encode(b"RIFF\x01\x02\x03\x04WEBPVP8 ").decode(), "image/webp"),
        (base64.b64encode(b"RIFF\x01\x02\x03\x04WAVEfmt ").decode(), "audio/wav"),
        (base64.b64encode(b"%PDF-1.7").decode(), "application/pdf"),
    ],
    ids=["jpeg", "webp", "wav", "pdf"],
)
def test_an_unnamed_file_is_known_by_its_first_bytes(data: str, mime: str) -> None:
    assert media.render(Media("", data=data), None)["inlineData"]["mimeType"] == mime


def test_openais_audio_formats_are_mime_types() -> None:
    assert media.render(Media("mp3", data="AAAA"), None)["inlineData"]["mimeType"] == "audio/mpeg"


def test_an_unknown_file_needs_its_type() -> None:
    with pytest.raises(GatewayError, match="MIME type"):
        media.render(Media("", data="AAAA"), None)
