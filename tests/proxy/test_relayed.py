"""Images in an answer that is passed on; what cannot be done leaves the answer as it is."""

from __future__ import annotations

from datetime import timedelta

import msgspec
import pytest

from proxy.errors import invalid
from proxy.images.gallery import Gallery
from proxy.media.fetch import Fetched
from proxy.relayed import Form, Pictures
from tests.proxy.images.test_linking import PNG, gallery, picture

HOUR = timedelta(hours=1)
DATA = picture().data
LINKED = {"data": [{"url": "https://x.test/a.png"}]}


async def fetch(url: str) -> Fetched:
    if "private" in url:
        raise invalid("not on the public internet")
    return Fetched("image/png", PNG)


async def changed(answer: object, form: Form, images: Gallery | None = None) -> object:
    body = msgspec.json.encode(answer)
    found = await Pictures(images, fetch).answered(body, form, "http://here")
    return msgspec.json.decode(found)


@pytest.mark.parametrize(
    "answer",
    [
        {"data": [{"url": "http://private/a.png"}]},
        {"data": [{}, 1, None, {"b64_json": 5, "url": 6}]},
        {"data": [{"url": "https://x.test/a.png"}] * 17},
        {"data": {}},
        [],
    ],
)
@pytest.mark.parametrize("form", list(Form))
async def test_what_cannot_be_had_stays_as_it_is(answer: object, form: Form) -> None:
    assert await changed(answer, form, gallery()) == answer


async def test_without_a_gallery_a_link_stays_xais() -> None:
    assert await changed(LINKED, Form.URL) == LINKED
    assert await changed({"data": [{"b64_json": DATA}]}, Form.URL) == {"data": [{"b64_json": DATA}]}
    assert await changed(LINKED, Form.B64_JSON) == {"data": [{"b64_json": DATA}]}


async def test_what_is_no_json_stays_as_it_is() -> None:
    assert await Pictures(None, fetch).answered(b"<p>", Form.URL, "") == b"<p>"


@pytest.mark.parametrize(
    ("body", "decided"),
    [
        (b'{"response_format":"url"}', True),
        (b'{"response_format":null}', False),
        (b'{"prompt":"response_format"}', False),
        (b"--b\r\nname=response_format", True),
        (b"--b\r\nname=prompt", False),
    ],
)
def test_the_caller_may_have_decided(body: bytes, decided: bool) -> None:
    assert Pictures.decided(body) is decided
