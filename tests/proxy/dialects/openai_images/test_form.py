"""Forms become JSON and JSON forms, with the same bytes in them."""

from __future__ import annotations

import base64
from typing import Any

import msgspec
import pytest

from proxy.dialects.openai_images import form
from proxy.errors import GatewayError

PNG = b"\x89PNG\r\n\x1a\n\r\n--x--\r\n\x00\xff" * 3
TYPE = 'multipart/form-data; boundary="x y"'


def field(name: str, value: bytes, *more: str) -> bytes:
    head = f'Content-Disposition: form-data; name="{name}"{"".join(more[:1])}'
    return "\r\n".join(["--x y", head, *more[1:], "", ""]).encode() + value + b"\r\n"


def sent(*fields: bytes) -> bytes:
    return b"".join(fields) + b"--x y--\r\n"


def read(body: bytes, content_type: str = TYPE) -> Any:
    return msgspec.json.decode(form.read(body, content_type))


def url(data: bytes, mime: str = "image/png", label: str = "") -> str:
    return f"data:{mime}{label};base64,{base64.b64encode(data).decode()}"


def test_json_is_left_alone() -> None:
    assert form.read(b"{}", "application/json") == b"{}"


def test_fields_get_the_types_that_json_has() -> None:
    body = sent(field("prompt", "é 1".encode()), field("n", b"2"), field("stream", b"true"))
    assert read(body) == {"prompt": "é 1", "n": 2, "stream": True}


def test_a_file_becomes_a_data_url() -> None:
    body = sent(field("image", PNG, '; filename="a b.png"', "Content-Type: image/png"))
    assert read(body) == {"image": url(PNG, label=";name=a%20b.png")}


def test_a_file_without_a_type_is_known_by_its_bytes() -> None:
    body = sent(field("image", PNG, '; filename=""', "Content-Type: application/octet-stream"))
    assert read(body) == {"image": url(PNG)}


@pytest.mark.parametrize("name", ["image", "image[]"])
def test_several_images_are_a_list(name: str) -> None:
    one = field(name, b"1", '; filename="1"', "content-type: image/webp")
    two = field(name, b"2", '; filename="2"', "content-type: image/webp")
    label = "image/webp"
    assert read(sent(one, two)) == {
        "image": [url(b"1", label, ";name=1"), url(b"2", label, ";name=2")]
    }


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (b"", TYPE),
        (sent(field("prompt", b"x"))[:-5], TYPE),
        (sent(field("prompt", b"x")), "multipart/form-data"),
        (sent(field("prompt", b"x"), field("prompt", b"y")), TYPE),
        (sent(field("prompt", b"\xff")), TYPE),
        (sent(b"--x y\r\nContent-Type: text/plain\r\n\r\nx\r\n"), TYPE),
        (sent(b"--x y\r\nno end of the head\r\n"), TYPE),
        (sent(b"--x yz\r\n\r\n\r\n"), TYPE),
        (sent(*[field(f"f{n}", b"") for n in range(80)]), TYPE),
    ],
)
def test_what_is_no_form_is_refused(body: bytes, content_type: str) -> None:
    with pytest.raises(GatewayError):
        form.read(body, content_type)


def test_a_form_that_is_written_says_what_was_read() -> None:
    said = {
        "model": "gpt-image-1.5",
        "prompt": 'a "cat"\r\n',
        "n": 2,
        "stream": True,
        "user": None,
        "svg": {"model": "m"},
        "image": [url(PNG, label=";name=c%22at.png"), url(b"2", "image/webp")],
        "mask": url(b"m"),
    }
    body, content_type = form.write(msgspec.json.encode(said))
    assert body.count(PNG) == 1
    again = read(body, content_type)
    assert again["image"][0] == url(PNG, label=";name=c%2522at.png")
    assert again["image"][1] == url(b"2", "image/webp", ";name=image.webp")
    assert again["mask"] == url(b"m", label=";name=mask.png")
    assert again["svg[model]"] == "m"
    assert {key: again[key] for key in ("prompt", "n", "stream")} == {
        "prompt": said["prompt"],
        "n": 2,
        "stream": True,
    }
    assert "user" not in again


@pytest.mark.parametrize(
    "body", [b'{"images":[{"image_url":"data:image/png;base64,AA=="}]}', b'{"image":{"url":"x"}}']
)
def test_a_question_in_json_stays_json(body: bytes) -> None:
    assert form.write(body) == (body, "application/json")


def test_a_field_cannot_forge_another() -> None:
    body, _ = form.write(msgspec.json.encode({"image": "https://x/a", 'a"\r\nb: c': "v"}))
    assert b'name="a%22%0D%0Ab: c"' in body
    assert b"https://x/a" in body


def test_broken_data_is_the_callers_mistake() -> None:
    with pytest.raises(GatewayError) as refused:
        form.write(b'{"image":"data:image/png;base64,A"}')
    assert refused.value.param == "image"


@pytest.mark.parametrize(
    ("verb", "body", "edits"),
    [
        ("edits", b"{}", True),
        ("generations", b'{"image":"x"}', False),
        ("", b'{"image":"x"}', True),
        ("", b'{"images":[1]}', True),
        ("", b'{"image":null,"images":[]}', False),
    ],
)
def test_the_path_decides_else_the_images(verb: str, body: bytes, edits: bool) -> None:
    assert form.edits(verb, body) is edits
