"""Keys in JSON: a list of strings, a list of objects, or an object that holds such a list.

Account files (OAuth, service account) are recognised and refused: their kinds come later.
"""

from __future__ import annotations

from typing import Any

import msgspec

from credentials.importers.entry import BadFile, Entry

_LISTS = ("api_keys", "keys", "apiKeys", "gemini_api_keys", "GEMINI_API_KEYS", "credentials")
_SECRETS = ("api_key", "apiKey", "key", "api-key", "secret")
_LABELS = ("label", "name", "description", "email")
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
        raise BadFile("The file holds no API key.")
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
    _refuse_accounts(item)
    secret = _first(item, _SECRETS)
    if not secret:
        raise BadFile("An object in the file has no api_key.")
    return [Entry(secret, label=_first(item, _LABELS))]


def _refuse_accounts(item: dict[str, Any]) -> None:
    if item.get("type") == "service_account":
        raise BadFile("This is a service account (Vertex): that kind cannot be imported yet.")
    if _ACCOUNTS.intersection(item) or item.get("type") == "authorized_user":
        raise BadFile("This is an OAuth account: that kind cannot be imported yet.")


def _first(item: dict[str, Any], names: tuple[str, ...]) -> str:
    texts = (item.get(name) for name in names)
    return next((text.strip() for text in texts if isinstance(text, str) and text.strip()), "")
