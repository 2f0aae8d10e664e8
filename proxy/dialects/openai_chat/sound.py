"""Spoken answers: `audio` objects, which a stream tells in pieces."""

from __future__ import annotations

import base64
from binascii import Error as BadBase64
from typing import Any

from proxy.dialects.base import JSON
from proxy.dialects.openai_chat.keeping import ORIGIN
from proxy.ir import Media, Opaque

# The first bytes of each container, as base64 shows them; anything else is OpenAI's raw PCM.
_CONTAINERS = {
    "UklGR": "audio/wav",
    "SUQz": "audio/mp3",
    "//": "audio/mp3",
    "T2dnUw": "audio/ogg",
    "ZkxhQ": "audio/flac",
}


class Sounds:
    """Gathers an answer's audio: another id is another sound."""

    def __init__(self) -> None:
        self._sounds: list[Sound] = []

    def read(self, audio: Any) -> None:
        if not isinstance(audio, dict):
            return
        if not self._sounds or self._sounds[-1].ended_by(audio.get("id")):
            self._sounds.append(Sound())
        self._sounds[-1].read(audio)

    def parts(self) -> list[Media]:
        return [part for sound in self._sounds if (part := sound.part()) is not None]

    def unspoken(self) -> JSON:
        """What was told of a sound that never came."""
        left: JSON = {}
        for sound in self._sounds:
            left |= sound.rest() if sound.part() is None else {}
        return left


class Sound:
    def __init__(self) -> None:
        self._data: list[str] = []
        self._words: list[str] = []
        self._rest: JSON = {}

    def ended_by(self, id: Any) -> bool:
        return bool(id) and self._rest.get("id", id) != id

    def read(self, audio: JSON) -> None:
        for key, value in audio.items():
            if key == "data" and isinstance(value, str):
                self._data.append(value)
            elif key == "transcript" and isinstance(value, str):
                self._words.append(value)
            elif value:
                self._rest[key] = value

    def part(self) -> Media | None:
        """The whole of it; None if there was none. The transcript stays in `opaque`."""
        data = _joined([piece for piece in self._data if piece])
        if not data:
            return None
        rest = self.rest()
        return Media(_mime(data), data, opaque=Opaque(ORIGIN, rest) if rest else None)

    def rest(self) -> JSON:
        words = "".join(self._words)
        return self._rest | ({"transcript": words} if words else {})


def _joined(pieces: list[str]) -> str:
    """One base64 text of pieces that were each encoded by themselves."""
    if not any("=" in piece or len(piece) % 4 for piece in pieces[:-1]):
        return "".join(pieces)
    try:
        return base64.b64encode(b"".join(map(base64.b64decode, pieces))).decode()
    except (BadBase64, ValueError):
        return "".join(pieces)


def _mime(data: str) -> str:
    found = (mime for start, mime in _CONTAINERS.items() if data.startswith(start))
    return next(found, "audio/L16;codec=pcm;rate=24000")


def write(media: Media, answer: str) -> JSON:
    """The `audio` object of a message. OpenAI's own clients want all four fields."""
    kept = media.opaque.data if media.opaque and media.opaque.origin is ORIGIN else {}
    fields: JSON = {"id": f"audio_{answer}", "data": media.data, "expires_at": 0, "transcript": ""}
    return fields | dict(kept)
