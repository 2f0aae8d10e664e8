"""Keys and accounts in JSON: one object, a list of them, a list of strings, or an object that
holds such a list. An account is a file of gemini-cli, gcloud, the Cloud console or a gateway.
"""

from __future__ import annotations

from typing import Any

import msgspec

from credentials import documents
from credentials.importers.entry import BadFile, Entry

_LISTS = ("api_keys", "keys", "apiKeys", "gemini_api_keys", "GEMINI_API_KEYS", "credentials")
_SECRETS = ("api_key", "apiKey", "key", "api-key", "secret")
_LABELS = ("label", "name", "description", "email")
_TYPES = frozenset({"service_account", "authorized_user"})
_ACCOUNTS = frozenset({"refresh_token", "access_token", "private_key", "token"})


def read(name: str, text: str) -> list[Entry] | None:
    """None when it is no JSON. Raises BadFile for JSON that holds no keys."""
    if not text.lstrip().startswith(("{", "[")) and not name.lower().endswith(".json"):
        return None
    try:
        data = msgspec.json.decode(text)
    except (msgspec.DecodeError, RecursionError):
        raise BadFile("The file is no valid JSON.") from None
    entries = _entries(data)
    if not entries:
        raise BadFile("The file holds no API key and no account.")
    return entries


def _entries(data: object) -> list[Entry]:
    if isinstance(data, str):
        return [Entry(data.strip())] if data.strip() else []
    if isinstance(data, list):
        return [entry for item in data for entry in _item(item)]
    if isinstance(data, dict):
        lists = [data[name] for name in _LISTS if isinstance(data.get(name), list)]
        return _entries(lists[0]) if lists else _item(data)
    return []


def _item(item: object) -> list[Entry]:
    if isinstance(item, str):
        return _entries(item)
    if not isinstance(item, dict):
        raise BadFile("A list of keys holds something that is neither a text nor an object.")
    if item.get("type") in _TYPES or _ACCOUNTS.intersection(item):
        return [_account(item)]
    secret = _first(item, _SECRETS)
    if not secret:
        raise BadFile("An object in the file has no api_key.")
    return [Entry(secret, label=_first(item, _LABELS))]


def _account(item: dict[str, Any]) -> Entry:
    try:
        document = documents.parse(item)
    except ValueError as error:
        raise BadFile(str(error)) from None
    return Entry(document, documents.kind(document), label=_first(item, ("label",)))


def _first(item: dict[str, Any], names: tuple[str, ...]) -> str:
    texts = (item.get(name) for name in names)
    return next((text.strip() for text in texts if isinstance(text, str) and text.strip()), "")
