"""Spoken answers."""

from __future__ import annotations

from proxy.dialects.openai_chat.sound import Sound, write
from proxy.ir import Media


def test_pieces_of_audio_are_one() -> None:
    sound = Sound()
    for piece in ({"id": "a"}, {"data": "aA=="}, {"transcript": "h"}, {"data": "aQ=="}):
        sound.read(piece)
    part = sound.part()
    assert part is not None
    assert (part.mime_type, part.data) == ("audio/L16;codec=pcm;rate=24000", "aGk=")
    assert write(part, "x") == {"id": "a", "data": "aGk=", "expires_at": 0, "transcript": "h"}


def test_zeroed_audio_is_none() -> None:
    sound = Sound()
    sound.read({"id": "", "data": "", "expires_at": 0, "transcript": ""})
    assert sound.part() is None


def test_a_container_is_known_by_its_first_bytes() -> None:
    sound = Sound()
    sound.read({"data": "UklGRgAA"})
    part = sound.part()
    assert part is not None
    assert part.mime_type == "audio/wav"
    assert write(Media("audio/wav", "aGk="), "r")["id"] == "audio_r"
