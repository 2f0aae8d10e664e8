"""Keys in `.env` style: `GEMINI_API_KEYS=a,b`, also `GEMINI_API_KEY`, with or without export."""

from __future__ import annotations

import re

from credentials.importers import keylist
from credentials.importers.entry import BadFile, Entry
from credentials.kinds import Kind

_LINE = re.compile(r"\s*(?:export\s+)?([A-Za-z]\w*_\w*)\s*=(?!=)(.*)", re.ASCII)
_GEMINI = re.compile(r"(?:GEMINI|GOOGLE)_API_KEYS?(?:_\d+)?", re.IGNORECASE)


def read(name: str, text: str) -> list[Entry] | None:
    """None when no line is an assignment. Raises BadFile when there are only other names."""
    found = [_LINE.fullmatch(line) for line in text.splitlines()]
    # A key in base64 may end in `=`: that is no assignment.
    lines = [line for line in found if line and (line[2].strip() or line[1].isupper())]
    if not lines:
        return None
    entries = [
        Entry(key, Kind.GEMINI_API)
        for line in lines
        if _GEMINI.fullmatch(line[1])
        for key in keylist.split(_value(line[2]))
    ]
    if not entries:
        raise BadFile("The file assigns no GEMINI_API_KEYS.")
    return entries


def _value(text: str) -> str:
    """What stands after the `=`: quoted as a whole, or up to a comment."""
    text = text.strip()
    for quote in ('"', "'"):
        if text.startswith(quote) and text.count(quote) == 2:
            return text[1 : text.rindex(quote)]
    return re.split(r"\s#", text, maxsplit=1)[0]
