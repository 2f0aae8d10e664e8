"""Media of other dialects, as Anthropic takes them."""

from __future__ import annotations

import pytest

from proxy.dialects.anthropic.media import says, shown
from proxy.errors import GatewayError
from proxy.ir import Media, Part
from tests.proxy.dialects.anthropic.test_dialogue import PNG, render, said, user


@pytest.mark.parametrize(
    ("part", "words"),
    [
        (Media("audio/wav", "aGk="), "takes no audio"),
        (Media("video/mp4", "aGk="), "takes no video"),
        (Media("image/heic", "aGk="), "takes no image/heic"),
        (Media("", url="gs://a/b"), "only Google"),
        (Media("image/png", url="https://generativelanguage.googleapis.com/x"), "only Google"),
        (Media("text/plain", "!"), "not base64"),
    ],
)
def test_what_anthropic_cannot_read_is_refused(part: Part, words: str) -> None:
    with pytest.raises(GatewayError, match=words) as caught:
        render(user(part))
    assert caught.value.param == "turns[0].parts[0]"


@pytest.mark.parametrize(
    ("media", "expected"),
    [
        (PNG, ("image", "base64")),
        (Media("image/jpg", "/9j/4A=="), ("image", "base64")),
        (Media("", "iVBORw0KGgo="), ("image", "base64")),
        (Media("", url="https://x/a.png"), ("image", "url")),
        (Media("", url="data:image/gif;base64,R0lGOD"), ("image", "base64")),
        (Media("application/pdf", "JVBERi0="), ("document", "base64")),
        (Media("application/pdf", url="https://x/a.pdf"), ("document", "url")),
        (Media("text/markdown", "aGk="), ("document", "text")),
        (Media("", url="data:,hi"), ("document", "text")),
    ],
)
def test_media_go_where_anthropic_looks(media: Media, expected: tuple[str, str]) -> None:
    block = said(user(media))[0]["content"][0]
    assert (block["type"], block["source"]["type"]) == expected


@pytest.mark.parametrize(
    ("media", "expected"),
    [
        (PNG, {"type": "base64", "media_type": "image/png", "data": "iVBORw0KGgo="}),
        (Media("", url="https://x/a"), {"type": "url", "url": "https://x/a"}),
        (
            Media("", url="data:image/gif;base64,R0lG"),
            {"type": "base64", "media_type": "image/gif", "data": "R0lG"},
        ),
    ],
)
def test_a_picture_of_the_models_own(media: Media, expected: dict[str, str]) -> None:
    assert shown(media) == {"type": "image", "source": expected}


@pytest.mark.parametrize(
    ("mime", "word"),
    [("image/png", "image"), ("audio/wav", "audio"), ("video/mp4", "video"), ("", "image")],
)
def test_media_have_a_name_in_losses(mime: str, word: str) -> None:
    assert says(Media(mime)) == word
    assert says(Media("application/pdf")) == "file"
