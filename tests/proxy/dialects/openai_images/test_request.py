"""Questions for images, to and from the IR."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
import pytest
from msgspec.structs import replace

from proxy.dialects.base import JSON
from proxy.dialects.gemini import CODEC as GEMINI
from proxy.dialects.openai_images import CODEC
from proxy.dialects.openai_images.delivery import wanted
from proxy.errors import GatewayError
from proxy.ir import Media, Output, Request, Role, Text, ToolCall, Turn

CORPUS = Path(__file__).parents[3] / "corpus" / "openai_images"
DATA = "data:image/png;base64,aGk="
ASKED: JSON = {"model": "m", "prompt": "a cat"}


def gemini(**more: Any) -> tuple[JSON, list[str]]:
    rendered = GEMINI.render_request(CODEC.parse_request({**ASKED, **more}))
    return rendered.body, [loss.field for loss in rendered.losses]


def test_a_prompt_is_a_users_turn_that_wants_an_image() -> None:
    body, lost = gemini(size="1024x1024", quality="auto", background="opaque", n=1)
    assert body == {
        "contents": [{"role": "user", "parts": [{"text": "a cat"}]}],
        "generationConfig": {
            "responseModalities": ["TEXT", "IMAGE"],
            "imageConfig": {"aspectRatio": "1:1"},
        },
    }
    assert lost == []


@pytest.mark.parametrize(
    "more",
    [
        {"image": DATA},
        {"image": [DATA]},
        {"image": "aGk="},
        {"images": [{"image_url": DATA}]},
        {"image": {"url": DATA, "type": "image_url"}},
        {"image": "data:image/png;name=a.png;base64,aGk="},
    ],
)
def test_an_edit_brings_its_images_in_any_form(more: JSON) -> None:
    request = CODEC.parse_request({**ASKED, **more})
    found = request.turns[0].parts[1]
    assert isinstance(found, Media)
    assert found.data == "aGk="
    assert CODEC.render_request(request).body == {**ASKED, **more}


@pytest.mark.parametrize(
    "more",
    [
        {"n": 1, "size": "auto", "stream": False, "user": None, "quality": "auto"},
        {"n": 3, "size": "1536x1024", "response_format": "url", "style": "vivid"},
        {"stream": True, "response_format": "url", "partial_images": 2},
        {"image": [DATA, "https://x/a.png"], "mask": DATA, "background": "transparent"},
        {"images": [{"file_id": "file-1"}], "size": "", "own": {"a": 1}},
    ],
)
def test_a_request_is_written_again_as_it_came(more: JSON) -> None:
    body = {**ASKED, **more}
    rendered = CODEC.render_request(CODEC.parse_request(body))
    assert rendered.body == body
    assert rendered.losses == []


@pytest.mark.parametrize(
    ("more", "param"),
    [
        ({"n": 2}, "n"),
        ({"mask": DATA}, "mask"),
        ({"background": "transparent"}, "background"),
        ({"output_format": "svg"}, "output_format"),
        ({"stream": True, "response_format": "url"}, "response_format"),
        ({"images": [{"file_id": "f"}]}, "images"),
    ],
)
def test_what_only_openai_can_do_is_refused_elsewhere(more: JSON, param: str) -> None:
    with pytest.raises(GatewayError) as refused:
        gemini(**more)
    assert refused.value.param == param


def test_what_changes_little_is_told() -> None:
    _, lost = gemini(size="1536x1024", quality="high", style="vivid", output_format="webp")
    assert lost == ["quality", "style", "output_format", "size"]


@pytest.mark.parametrize(
    "more",
    [
        {"prompt": None},
        {"prompt": 1},
        {"n": 0},
        {"n": "2"},
        {"size": "big"},
        {"response_format": "png"},
        {"image": 3},
        {"image": {"path": "x"}},
        {"image": "data:image/png,x"},
        {"images": [""]},
        {"stream": "yes"},
    ],
)
def test_what_is_malformed_is_refused(more: JSON) -> None:
    with pytest.raises(GatewayError):
        CODEC.parse_request({**ASKED, **more})


def test_a_name_with_a_shape_beats_the_size() -> None:
    request = CODEC.parse_request({**ASKED, "size": "1024x1024"})
    shaped = replace(request, output=Output(aspect_ratio="16:9", image_size="2K"))
    assert CODEC.render_request(shaped).body["size"] == "2736x1536"


@pytest.mark.parametrize(
    "turns",
    [
        (Turn(Role.SYSTEM, (Text("s"),)), Turn(Role.USER, (Text("u"),))),
        (Turn(Role.MODEL, (Text("m"),)),),
        (Turn(Role.USER, (ToolCall("1", "f"),)),),
        (Turn(Role.USER, (Media("audio/wav", "aGk="),)),),
    ],
)
def test_a_conversation_is_no_prompt(turns: tuple[Turn, ...]) -> None:
    with pytest.raises(GatewayError):
        CODEC.render_request(Request(model="m", turns=turns))


def test_another_dialects_question_becomes_a_prompt() -> None:
    parts = (Media("image/png", "aGk="), Text("blue"), Media("image/webp", "aGo="))
    rendered = CODEC.render_request(Request(model="m", turns=(Turn(Role.USER, parts),)))
    assert rendered.body["image"] == [DATA, "data:image/webp;base64,aGo="]
    assert [loss.field for loss in rendered.losses] == ["part_order"]


@pytest.mark.parametrize(
    ("more", "data", "url"),
    [
        ({}, True, True),
        ({"response_format": "url"}, False, True),
        ({"response_format": "b64_json"}, True, False),
        ({"stream": True}, True, False),
    ],
)
def test_images_come_as_they_are_wanted(more: JSON, data: bool, url: bool) -> None:
    assert wanted(CODEC.parse_request({**ASKED, **more})) == (data, url)


@pytest.mark.parametrize("path", sorted(CORPUS.glob("request-*.json")), ids=lambda path: path.stem)
def test_a_request_of_our_corpus_is_written_as_it_came(path: Path) -> None:
    body = msgspec.json.decode(path.read_bytes())
    rendered = CODEC.render_request(CODEC.parse_request(body))
    assert rendered.body == body
    assert rendered.losses == []
