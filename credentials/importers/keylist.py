"""API keys as people keep them: one per line, or separated by commas; `#` begins a comment.

So does gpt-load export the keys of a group.
"""

from __future__ import annotations

import re

from credentials.importers.entry import BadFile, Entry, Piece, remark

_KEY = re.compile(r"[\x21-\x2b\x2d-\x7e]{8,512}")


def read(name: str, text: str) -> list[Piece]:
    """Takes everything. A line that holds no key is passed over as long as most lines hold some;
    otherwise it raises BadFile with the number of the first of them."""
    entries: list[Piece] = []
    wrong: list[int] = []
    for number, line in enumerate(text.splitlines(), start=1):
        keys = split(line.partition("#")[0])
        if all(_KEY.fullmatch(key) for key in keys):
            entries.extend(Entry(key) for key in keys)
        else:
            wrong.append(number)
    if wrong and len(entries) <= len(wrong):
        raise BadFile("Line %(line)d is no API key.", line=wrong[0])
    if not entries:
        raise BadFile("The file holds no API key.")
    return entries + [remark("Line %(line)d is no API key.", line=line) for line in wrong]


def split(text: str) -> list[str]:
    """`GEMINI_API_KEYS=a, b,c` has the keys a, b and c; quotes around them do not count."""
    pieces = (piece.strip().strip("\"'") for piece in text.split(","))
    return [piece for piece in pieces if piece]
