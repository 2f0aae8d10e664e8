"""API keys as people keep them: one per line, or separated by commas; `#` begins a comment."""

from __future__ import annotations

import re

from credentials.importers.entry import BadFile, Entry

_KEY = re.compile(r"[\x21-\x2b\x2d-\x7e]{8,512}")


def read(name: str, text: str) -> list[Entry]:
    """Takes everything; raises BadFile with the number of the first line that holds no key."""
    entries: list[Entry] = []
    for number, line in enumerate(text.splitlines(), start=1):
        keys = split(line.partition("#")[0])
        if not all(_KEY.fullmatch(key) for key in keys):
            raise BadFile(f"Line {number} is no API key.")
        entries.extend(Entry(key) for key in keys)
    if not entries:
        raise BadFile("The file holds no API key.")
    return entries


def split(text: str) -> list[str]:
    """`GEMINI_API_KEYS=a, b,c` has the keys a, b and c; quotes around them do not count."""
    pieces = (piece.strip().strip("\"'") for piece in text.split(","))
    return [piece for piece in pieces if piece]
