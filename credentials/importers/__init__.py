"""Files of other programs, read into entries. Pure: text in, values out, no database.

One module per format. A module says of a file that it is not its format (None), or gives its
entries and remarks on what it leaves out, or raises BadFile with a sentence for the person who
brought the file.
"""

from __future__ import annotations

from collections.abc import Callable

from credentials.importers import cliproxy, dotenv, gcli, jsonfile, keylist
from credentials.importers.entry import BadFile, Entry, Found, Model, Piece, Remark

__all__ = ["BadFile", "Entry", "Found", "Model", "Remark", "read"]

LARGEST = 10 << 20
"""Bytes of a file."""
MOST = 20_000
"""Credentials of a file."""
_NOTES = 50

_FORMATS: tuple[Callable[[str, str], list[Piece] | None], ...] = (
    cliproxy.read,
    gcli.read,
    jsonfile.read,
    dotenv.read,
    keylist.read,
)


def read(name: str, data: bytes) -> Found:
    """What a file holds, each secret of a provider once.

    Raises BadFile, which never quotes the content, when there is nothing to import.
    """
    if len(data) > LARGEST:
        raise BadFile("The file is larger than 10 MB.")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise BadFile("The file is no UTF-8 text.") from None
    found = next(pieces for parse in _FORMATS if (pieces := parse(name, text)) is not None)
    entries = [piece for piece in found if isinstance(piece, Entry)]
    notes = [piece for piece in found if isinstance(piece, Remark)]
    if not entries:
        raise BadFile(notes[0] if notes else "The file holds no API key.")
    once = {(entry.provider, entry.secret): entry for entry in entries}
    if len(once) > MOST:
        raise BadFile("The file holds more than 20,000 credentials: import it in parts.")
    return Found(tuple(once.values()), _short(notes))


def _short(notes: list[Remark]) -> tuple[Remark, ...]:
    """Each once, and of very many the first."""
    once = tuple({str(note): note for note in notes}.values())
    if len(once) <= _NOTES:
        return once
    return *once[:_NOTES], Remark("And %(count)d more like these.", {"count": len(once) - _NOTES})
