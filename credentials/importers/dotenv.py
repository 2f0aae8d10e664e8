"""Keys in `.env` style: `GEMINI_API_KEYS=a,b`, also `GEMINI_API_KEY`, with or without export.

gemini-balance keeps lists in JSON (`API_KEYS`, `VERTEX_API_KEYS`), gcli2api accounts in
`GCLI_CREDS_*` and `GOOGLE_CREDENTIALS`. Pure.
"""

from __future__ import annotations

import re

import msgspec

from credentials.importers import blob, jsonfile, keylist, values
from credentials.importers.entry import BadFile, Entry, Piece, Remark, remark
from credentials.kinds import Kind

_LINE = re.compile(r"\s*(?:export\s+)?([A-Za-z]\w*_\w*|PROXIES)\s*=(?!=)(.*)", re.ASCII)
_KEYS: tuple[tuple[re.Pattern[str], Kind], ...] = tuple(
    (re.compile(rf"(?:{names})_API_KEYS?(?:_\d+)?", re.IGNORECASE), kind)
    for names, kind in (
        ("GEMINI|GOOGLE", Kind.GEMINI_API),
        ("OPENAI", Kind.OPENAI),
        ("ANTHROPIC|CLAUDE", Kind.ANTHROPIC),
        ("VERTEX", Kind.VERTEX),
    )
)
_BALANCE = "API_KEYS"
ACCOUNT = re.compile(r"GCLI_CREDS_\w+|GOOGLE_CREDENTIALS", re.ASCII)
_BASE = frozenset({"BASE_URL", "GEMINI_BASE_URL", "VERTEX_EXPRESS_BASE_URL"})
_GOOGLE = ("https://generativelanguage.googleapis.com", "https://aiplatform.googleapis.com")
_LEFT = re.compile(r"(?=[A-Z])[A-Z0-9_]*(KEYS?|TOKENS?|SECRET|PASSWORD|PROXIES|PROXY)[A-Z0-9_]*")


def read(name: str, text: str) -> list[Piece] | None:
    """None when no line is an assignment. Raises BadFile when there are only other names."""
    found = [_LINE.fullmatch(line) for line in text.splitlines()]
    # A key in base64 may end in `=`: that is no assignment.
    lines = [line for line in found if line and (line[2].strip() or line[1].isupper())]
    if not lines:
        return None
    pieces = [piece for line in lines for piece in _assigned(line[1], _value(line[2]))]
    if not any(isinstance(piece, Entry) for piece in pieces):
        why = [piece for piece in pieces if isinstance(piece, Remark)]
        raise BadFile(why[0] if why else "The file assigns no GEMINI_API_KEYS or the like.")
    said = [line[1] for line in lines if _value(line[2]) not in ("", "[]", "{}")]
    left = [name for name in said if _LEFT.fullmatch(name) and not _taken(name)]
    if left:
        names = ", ".join(dict.fromkeys(left[:20]))
        pieces.append(remark("Variables that were not imported: %(names)s.", names=names))
    return pieces


def _taken(name: str) -> bool:
    kinds = any(pattern.fullmatch(name) for pattern, _ in _KEYS)
    return kinds or name == _BALANCE or ACCOUNT.fullmatch(name) is not None


def _assigned(name: str, value: str) -> list[Piece]:
    if ACCOUNT.fullmatch(name):
        return _account(name, value)
    if name in _BASE:
        return _base(name, value)
    for pattern, kind in _KEYS:
        if pattern.fullmatch(name):
            return [Entry(key, kind) for key in _list(value)]
    return [Entry(key, Kind.GEMINI_API) for key in _list(value)] if name == _BALANCE else []


def _account(name: str, value: str) -> list[Piece]:
    try:
        found = jsonfile.pieces(blob.decode(value))
    except BadFile as error:
        found = [error.remark]
    return [
        remark("%(name)s: %(why)s", name=name, why=piece) if isinstance(piece, Remark) else piece
        for piece in found
    ]


def _base(name: str, value: str) -> list[Piece]:
    """A replaced base URL belongs to all keys: here it is a setting."""
    if all(url.startswith(_GOOGLE) for url in _list(value)):
        return []
    setting = "VERTEX_BASE_URL" if name.startswith("VERTEX") else "GEMINI_BASE_URL"
    return [
        remark(
            "%(name)s names another host than Google's; set %(setting)s to it, without a version.",
            name=name,
            setting=setting,
        )
    ]


def _list(value: str) -> list[str]:
    if not value.startswith("["):
        return keylist.split(value)
    try:
        return values.texts(msgspec.json.decode(value))
    except (msgspec.DecodeError, RecursionError):
        return keylist.split(value.strip("[]"))


def _value(text: str) -> str:
    """What stands after the `=`: quoted as a whole, or up to a comment."""
    text = text.strip()
    for quote in ('"', "'"):
        whole = text.startswith(quote) and text.endswith(quote) and len(text) > 1
        if whole and (text.count(quote) == 2 or text[1:2] in ("[", "{")):
            return text[1:-1]
        if text.startswith(quote) and text.count(quote) == 2:
            return text[1 : text.rindex(quote)]
    return re.split(r"\s#", text, maxsplit=1)[0].strip()
