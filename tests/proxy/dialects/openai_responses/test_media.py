from __future__ import annotations

from typing import Any

import pytest

from proxy.dialects.openai_responses import media
from proxy.errors import GatewayError
from proxy.ir import Foreign, Media

URL = "https://example.com/a.png"


@pytest.mark.parametrize(
    ("part", "mime", "data", "url"),
    [
        ({"type": "input_image", "image_url": URL}, "", "", URL),
        (
            {"type": "input_image", "image_url": "data:image/png;base64,aGk="},
            "image/png",
            "aGk=",
            "",
        ),
        ({"type": "input_file", "file_url": URL}, "", "", URL),
        (
            {"type": "input_file", "filename": "a.PDF", "file_data": "aGk="},
            "application/pdf",
            "aGk=",
            "",
        ),
        (
            {"type": "input_audio", "input_audio": {"data": "aGk=", "format": "wav"}},
            "audio/wav",
            "aGk=",
            "",
        ),
    ],
)
def test_media_are_data_or_an_address(part: Any, mime: str, data: str, url: str) -> None:
    found = media.parse(part, "x")
    assert isinstance(found, Media)
    assert (found.mime_type, found.data, found.url) == (mime, data, url)
    assert media.render(found, "x") == part


@pytest.mark.parametrize("kind", ["input_image", "input_file"])
def test_a_file_of_the_upstreams_is_its_own(kind: str) -> None:
    part = {"type": kind, "file_id": "file-1"}
    assert isinstance(media.parse(part, "x"), Foreign)


@pytest.mark.parametrize(
    ("part", "param"),
    [
        ({"type": "input_image"}, "x.image_url"),
        ({"type": "input_image", "image_url": ""}, "x.image_url"),
        ({"type": "input_image", "image_url": "data:image/png,raw"}, "x.image_url"),
        ({"type": "input_file"}, "x.file_data"),
        ({"type": "input_audio"}, "x.input_audio"),
    ],
)
def test_a_complaint_names_the_field(part: Any, param: str) -> None:
    with pytest.raises(GatewayError) as caught:
        media.parse(part, "x")
    assert caught.value.param == param
