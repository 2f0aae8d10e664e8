"""Pictures, sounds, films and papers: the same bytes on the other side."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator
from typing import Any

import pytest
from msgspec.structs import replace

from proxy.dialects.gemini import CODEC as GOOGLE
from proxy.errors import ErrorKind, GatewayError
from proxy.ir import Dialect
from tests.proxy.pairs.clients import CLIENTS
from tests.proxy.pairs.tongues import CODECS, MODELS

CHAT, RESPONSES = Dialect.OPENAI_CHAT, Dialect.OPENAI_RESPONSES
ANTHROPIC, GEMINI = Dialect.ANTHROPIC, Dialect.GEMINI

BYTES = {
    "image/png": b"\x89PNG\r\n\x1a\n\xfb\xff\xfe",
    "audio/wav": b"RIFF\xff\xfb\xef\xbeWAVEfmt ",
    "audio/mpeg": b"ID3\x04\0\0\xff\xfb\x90\xef\xbe",
    "video/mp4": b"\x00\x00\x00\x18ftypmp42\xfb\xff",
    "application/pdf": b"%PDF-1.7\n\xe2\xe3\xcf\xd3\xff",
}
DATA = {mime: base64.b64encode(raw).decode() for mime, raw in BYTES.items()}
URLS = {mime: f"data:{mime};base64,{data}" for mime, data in DATA.items()}
PNG, WAV, MP3, MP4, PDF = BYTES
SOUNDS = {WAV: "wav", MP3: "mp3"}
"""OpenAI's names."""

HEARD = {
    mime: {"type": "input_audio", "input_audio": {"data": DATA[mime], "format": name}}
    for mime, name in SOUNDS.items()
}
SAYS: dict[Dialect, dict[str, Any]] = {
    CHAT: {
        PNG: {"type": "image_url", "image_url": {"url": URLS[PNG]}},
        **HEARD,
        MP4: {"type": "video_url", "video_url": {"url": URLS[MP4]}},
        PDF: {"type": "file", "file": {"file_data": URLS[PDF], "filename": "a.pdf"}},
    },
    RESPONSES: {
        PNG: {"type": "input_image", "image_url": URLS[PNG]},
        **HEARD,
        PDF: {"type": "input_file", "file_data": URLS[PDF], "filename": "a.pdf"},
    },
    ANTHROPIC: {
        mime: {
            "type": kind,
            "source": {"type": "base64", "media_type": mime, "data": DATA[mime]},
        }
        for kind, mime in (("image", PNG), ("document", PDF))
    },
    GEMINI: {mime: {"inlineData": {"mimeType": mime, "data": DATA[mime]}} for mime in BYTES},
}
REFUSED = {(CHAT, MP4), (RESPONSES, MP4), (ANTHROPIC, WAV), (ANTHROPIC, MP3), (ANTHROPIC, MP4)}
"""What no model behind these APIs takes, so that leaving it out would change the question."""

INPUTS = [
    (origin, mime, target)
    for origin, kinds in SAYS.items()
    for mime in kinds
    for target in CODECS
    if target is not origin
]


def asking(dialect: Dialect, part: Any) -> dict[str, Any]:
    if dialect is GEMINI:
        return {"contents": [{"role": "user", "parts": [part]}]}
    message = {"role": "user", "content": [part]}
    name = "input" if dialect is RESPONSES else "messages"
    return {"model": "m", "max_tokens": 9, name: [message]} if name == "messages" else {
        "model": "m", name: [message]
    }  # fmt: skip


def hashes(value: Any) -> Iterator[str]:
    """SHA-256 of everything in the JSON that is one of the files, in base64 or a data URL."""
    if isinstance(value, dict | list):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from hashes(inner)
    elif isinstance(value, str) and len(value) > 12:
        data = value.rpartition(",")[2]
        try:
            raw = base64.b64decode(data, validate=True)
        except ValueError:
            return
        yield hashlib.sha256(raw).hexdigest()


@pytest.mark.parametrize(("origin", "mime", "target"), INPUTS)
def test_a_file_arrives_unchanged_or_is_refused(
    origin: Dialect, mime: str, target: Dialect
) -> None:
    body = asking(origin, SAYS[origin][mime])
    request = replace(CODECS[origin].parse_request(body, model="m"), model=MODELS[target])
    if (target, mime) in REFUSED:
        with pytest.raises(GatewayError) as caught:
            CODECS[target].render_request(request)
        assert caught.value.kind is ErrorKind.INVALID_REQUEST
        return
    rendered = CODECS[target].render_request(request)
    assert list(hashes(rendered.body)) == [hashlib.sha256(BYTES[mime]).hexdigest()]
    assert rendered.losses == []


@pytest.mark.parametrize("mime", SOUNDS)
@pytest.mark.parametrize("other", [CHAT, RESPONSES])
def test_a_sound_keeps_its_kind_under_either_name(other: Dialect, mime: str) -> None:
    openai, google = CODECS[other], CODECS[GEMINI]
    there = google.render_request(openai.parse_request(asking(other, SAYS[other][mime])))
    # Google's page on audio calls it MP3, its SDK's types both.
    blob = {"mimeType": f"audio/{SOUNDS[mime]}", "data": DATA[mime]}
    assert there.body["contents"][0]["parts"] == [{"inlineData": blob}]
    asked = google.parse_request(asking(GEMINI, SAYS[GEMINI][mime]), model="m")
    back = openai.parse_request(openai.render_request(asked).body)
    assert back.turns == openai.parse_request(asking(other, SAYS[other][mime])).turns


PROOF = "EqoB+/8AEqoB+/8A"
DRAWN = {
    "candidates": [
        {
            "content": {
                "role": "model",
                "parts": [
                    {"text": "A banana."},
                    {"inlineData": {"mimeType": PNG, "data": DATA[PNG]}, "thoughtSignature": PROOF},
                ],
            },
            "finishReason": "STOP",
            "index": 0,
        }
    ],
    "modelVersion": "gemini-2.5-flash-image",
    "responseId": "r1",
}


def shown(dialect: Dialect, body: Any) -> Any:
    """Where the clients of a dialect look for a picture."""
    match dialect:
        case Dialect.OPENAI_CHAT:
            return body["choices"][0]["message"]["images"][0]["image_url"]["url"]
        case Dialect.OPENAI_RESPONSES:
            calls = [i for i in body["output"] if i["type"] == "image_generation_call"]
            return calls[0]["result"]
        case Dialect.ANTHROPIC:
            return next(b for b in body["content"] if b["type"] == "image")["source"]["data"]
        case _:
            parts = body["candidates"][0]["content"]["parts"]
            return next(part for part in parts if "inlineData" in part)["inlineData"]["data"]


@pytest.mark.parametrize("streams", [False, True], ids=["whole", "streamed"])
@pytest.mark.parametrize("client", CODECS)
def test_a_banana_is_seen_and_can_be_edited(client: Dialect, streams: bool) -> None:
    """The picture of a Gemini model, at the client and, one question later, at Gemini again."""
    asker, codec = CLIENTS[client]("Draw a banana."), CODECS[client]
    request = codec.parse_request(asker.body(), model="m")
    events = GOOGLE.parse_response(DRAWN)
    rendered = codec.render_response(events, request)
    told = shown(client, rendered.body)
    assert told == (URLS[PNG] if client is CHAT else DATA[PNG])
    # Chat has no place for the proof of a picture.
    assert [loss.field for loss in rendered.losses] == (["signature"] if client is CHAT else [])
    if streams:
        renderer = codec.event_renderer(request)
        asker.follow(renderer.feed(events) + renderer.flush())
        assert renderer.losses == rendered.losses
    else:
        asker.hear(rendered.body)
    again = replace(codec.parse_request(asker.body(), model="m"), model=MODELS[GEMINI])
    parts = GOOGLE.render_request(again).body["contents"][-1]["parts"]
    blob = next(part for part in parts if "inlineData" in part)
    assert blob["inlineData"] == {"mimeType": PNG, "data": DATA[PNG]}
    proof = blob.get("thoughtSignature", "").translate(str.maketrans("-_", "+/"))
    assert proof == ("" if client is CHAT else PROOF)


@pytest.mark.parametrize("client", CODECS)
def test_an_edited_banana_is_lost_by_name_at_other_upstreams(client: Dialect) -> None:
    asker, codec = CLIENTS[client]("Draw a banana."), CODECS[client]
    request = codec.parse_request(asker.body(), model="m")
    asker.hear(codec.render_response(GOOGLE.parse_response(DRAWN), request).body)
    again = codec.parse_request(asker.body(), model="m")
    for target in {CHAT, RESPONSES, ANTHROPIC} - {client}:
        rendered = CODECS[target].render_request(replace(again, model=MODELS[target]))
        arrived = hashlib.sha256(BYTES[PNG]).hexdigest() in hashes(rendered.body)
        assert arrived is not ("image" in {loss.field for loss in rendered.losses})
