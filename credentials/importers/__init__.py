"""Files of other programs, read into entries. Pure: text in, values out, no database.

One module per format. A module says of a file that it is not its format (None), or gives its
entries, or raises BadFile with a sentence for the person who brought the file.
"""

from __future__ import annotations

from collections.abc import Callable

from credentials import sealing
from credentials.importers import dotenv, jsonfile, keylist
from credentials.importers.entry import BadFile, Entry

__all__ = ["BadFile", "Entry", "read"]

_LARGEST = 10 << 20
_FORMATS: tuple[Callable[[str, str], list[Entry] | None], ...] = (
    jsonfile.read,
    dotenv.read,
)


def read(name: str, data: bytes) -> list[Entry]:
    """The entries of a file, each secret once. Raises BadFile, which never quotes the content."""
    if len(data) > _LARGEST:
        raise BadFile("The file is larger than 10 MB.")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise BadFile("The file is no UTF-8 text.") from None
    if name.lower().endswith((".yaml", ".yml")):
        raise BadFile("YAML files cannot be imported yet; put the keys into a text file.")
    for parse in _FORMATS:
        entries = parse(name, text)
        if entries is not None:
            break
    else:
        entries = keylist.read(name, text)
    return list({sealing.mark(entry.secret): entry for entry in entries}.values())
