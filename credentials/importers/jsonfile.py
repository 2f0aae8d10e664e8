"""Keys, accounts and channels in JSON: one object, a list of them, a list of strings, or objects
that hold such lists. Pure.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from credentials.importers import accounts, channels, own, values
from credentials.importers.entry import BadFile, Entry, Piece, Remark, remark

_LISTS = ("api_keys", "keys", "apiKeys", "gemini_api_keys", "GEMINI_API_KEYS", "credentials")
_HOLDERS = ("data", "items", "channels", "channel", "accounts")
_SECRETS = ("api_key", "apiKey", "key", "api-key", "secret", "key_value")
_BASES = ("base_url", "baseUrl", "base-url")
_LABELS = ("label", "name", "description", "email", "notes")
_OFF = frozenset({"invalid", "disabled"})
"""States of keys in gpt-load and the like."""
_DEEPEST = 4

_KINDS: tuple[Callable[[Mapping[str, Any]], list[Piece] | None], ...] = (
    own.take,
    channels.take,
    accounts.take,
)


def read(name: str, text: str) -> list[Piece] | None:
    """None when it is no JSON. Raises BadFile for JSON that holds no keys."""
    if not text.lstrip().startswith(("{", "[")) and not name.lower().endswith(".json"):
        return None
    try:
        data = msgspec.json.decode(text)
    except (msgspec.DecodeError, RecursionError):
        raise BadFile("The file is no valid JSON.") from None
    return pieces(data)


def pieces(data: object) -> list[Piece]:
    """Of decoded JSON. Raises BadFile for what holds no keys."""
    found = _pieces(data, 0)
    if not found:
        raise BadFile("The file holds no API key and no account.")
    return found


def _pieces(data: object, depth: int) -> list[Piece]:
    if isinstance(data, str):
        return [Entry(data.strip())] if data.strip() else []
    if isinstance(data, list):
        return [piece for number, item in enumerate(data, 1) for piece in _item(item, number)]
    return _holder(data, depth) if isinstance(data, dict) else []


def _holder(data: Mapping[str, Any], depth: int) -> list[Piece]:
    if (taken := _taken(data)) is not None:
        return taken
    lists = [data[name] for name in _LISTS if isinstance(data.get(name), list)]
    held = [data[name] for name in _HOLDERS if isinstance(data.get(name), list | dict)]
    if depth < _DEEPEST and (lists or held):
        return [piece for each in lists + held for piece in _pieces(each, depth + 1)]
    return _object(data)


def _item(item: object, number: int) -> list[Piece]:
    """Of a list."""
    if isinstance(item, str):
        return _pieces(item, _DEEPEST)
    if not isinstance(item, dict):
        return [remark("Entry %(number)d is neither a text nor an object.", number=number)]
    return [
        remark("Entry %(number)d: %(why)s", number=number, why=piece)
        if isinstance(piece, Remark)
        else piece
        for piece in _object(item)
    ]


def _taken(item: Mapping[str, Any]) -> list[Piece] | None:
    found = (take(item) for take in _KINDS)
    return next((pieces for pieces in found if pieces is not None), None)


def _object(item: Mapping[str, Any]) -> list[Piece]:
    if (taken := _taken(item)) is not None:
        return taken
    secret = _first(item, _SECRETS)
    if not secret:
        return [Remark("An object in the file has no api_key.")]
    try:
        return [_key(item, secret)]
    except ValueError as error:
        return [Remark(str(error))]


def _key(item: Mapping[str, Any], secret: str) -> Entry:
    """A key that is said to be for another host does not go to Google's."""
    base = values.url(_first(item, _BASES))
    wish = values.text_of(item.get("provider")).lower()
    provider = wish if wish in values.POOLS else ""
    if not provider and (wish or base):
        provider = values.provider(wish, values.host(base))
    return Entry(
        secret,
        label=values.label(_first(item, _LABELS)),
        provider=provider,
        base_url=base,
        enabled=values.text_of(item.get("status")) not in _OFF,
    )


def _first(item: Mapping[str, Any], names: tuple[str, ...]) -> str:
    return next(filter(None, (values.text_of(item.get(name)) for name in names)), "")
