"""An error about a file names its place as the caller wrote it."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from proxy.dialects.blame import Blame
from proxy.errors import GatewayError, invalid
from proxy.ir import Media
from proxy.whereabouts import Spelt, located

LINK = "https://example.com/a.mp3"


@pytest.mark.parametrize(
    ("body", "media", "path"),
    [
        (
            {"messages": [{"content": [{"text": "a"}, {"image_url": {"url": LINK}}]}]},
            Media("", url=LINK),
            "messages[0].content[1]",
        ),
        (
            {"messages": [{"content": [{"source": {"data": "QUJD"}}]}]},
            Media("image/png", "QUJD"),
            "messages[0].content[0]",
        ),
        (
            {"input": [{"content": [{"file_data": "data:a/b;base64,QUJD"}]}]},
            Media("a/b", "QUJD"),
            "input[0].content[0]",
        ),
        (
            {"contents": {"parts": {"inlineData": {"data": "QUJD"}}}},
            Media("a/b", "QUJD"),
            "contents.parts.inlineData.data",
        ),
        ({"input": "nothing"}, Media("a/b", "QUJD"), ""),
    ],
)
def test_it_is_found_by_what_it_holds(body: Any, media: Media, path: str) -> None:
    assert located(body, media) == path


def test_param_and_words_say_the_callers_place() -> None:
    body = msgspec.json.encode({"messages": [{"content": [{"image_url": {"url": LINK}}]}]})
    where = "turns[0].parts[0]"
    with pytest.raises(GatewayError) as caught, Spelt(body), Blame(Media("", url=LINK)):
        raise invalid(f"{where}: no", where)
    assert caught.value.param == "messages[0].content[0]"
    assert caught.value.message == "messages[0].content[0]: no"


def test_other_errors_are_left_alone() -> None:
    with pytest.raises(GatewayError) as caught, Spelt(b"no JSON"):
        raise invalid("turns[0]: no", "turns[0]")
    assert caught.value.param == "turns[0]"
