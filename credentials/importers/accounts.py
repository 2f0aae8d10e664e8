"""One account in JSON: a file of gemini-cli, gcloud, the Cloud console or another gateway. Pure.

gcli2api writes `client_id, client_secret, token, refresh_token, scopes, project_id, expiry`;
CLIProxyAPI one file per account with its `type`, tokens in an object of their own or beside it,
and a service account under `service_account`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from msgspec.structs import replace

from credentials import documents
from credentials.documents import Document, OAuthAccount
from credentials.importers import values
from credentials.importers.entry import Entry, Piece, Remark, remark
from credentials.kinds import Kind

CLIENTS: Mapping[str, str] = {
    "aistudio": "AI Studio",
    "antigravity": "Antigravity",
    "claude": "Claude Code",
    "cline": "Cline",
    "codebuddy": "CodeBuddy",
    "codex": "Codex",
    "copilot": "GitHub Copilot",
    "cursor": "Cursor",
    "github-copilot": "GitHub Copilot",
    "iflow": "iFlow",
    "kilo": "Kilo Code",
    "kimi": "Kimi Code",
    "kiro": "Kiro",
    "qwen": "Qwen Code",
    "xai": "Grok",
}
"""`type` of an account file → the vendor's client that alone may use such accounts."""

_TYPES = frozenset({"service_account", "authorized_user", "vertex", *CLIENTS})
_TOKENS = frozenset({"refresh_token", "access_token", "private_key", "token"})
_ANTIGRAVITY = ("/auth/cclog", "/auth/experimentsandconfigs")
"""Scopes that Google gives to that client only."""


def take(item: Mapping[str, Any]) -> list[Piece] | None:
    """None when it is no account."""
    if "claudeAiOauth" in item:
        return [posing(CLIENTS["claude"])]
    if "OPENAI_API_KEY" in item:
        return _codex(item)
    if values.text_of(item.get("type")) not in _TYPES and not _TOKENS.intersection(item):
        return None
    return [_account(item)]


def parse(data: Mapping[str, Any]) -> Document:
    """As `documents.parse`, whatever JSON it is. Raises ValueError."""
    if not isinstance(data.get("type", ""), str):
        raise ValueError("This type of account cannot be imported.")  # noqa: TRY004 - of a file
    return documents.parse(data)


def posing(client: str) -> Remark:
    """Why accounts of such a client are not imported."""
    return remark(
        "An account of %(client)s is not imported: it serves only who passes for that client. "
        "Bring an API key of its vendor instead.",
        client=client,
    )


def _codex(item: Mapping[str, Any]) -> list[Piece]:
    """Codex keeps a plain API key and the tokens of a subscription in one file."""
    key = values.text_of(item["OPENAI_API_KEY"])
    found: list[Piece] = [Entry(key, Kind.OPENAI)] if key else []
    return found + ([posing(CLIENTS["codex"])] if item.get("tokens") else [])


def _account(item: Mapping[str, Any]) -> Piece:
    robot = item.get("service_account")
    data = robot if isinstance(robot, dict) else item
    kind = values.text_of(item.get("type"))
    if kind in CLIENTS:
        return posing(CLIENTS[kind])
    if any(scope in str(item.get("scopes") or item.get("scope")) for scope in _ANTIGRAVITY):
        return posing(CLIENTS["antigravity"])
    try:
        document = parse(data)
        proxy = values.proxy(item.get("proxy_url") or item.get("proxy-url"))
    except ValueError as error:
        return Remark(str(error))
    if isinstance(document, OAuthAccount):
        document = replace(document, email=values.label(document.email))
    return Entry(
        document,
        documents.kind(document),
        label=values.label(item.get("label")),
        extra=values.place(item.get("location")),
        proxy=proxy,
        weight=values.weight(item.get("weight")),
        enabled=not values.flag(item.get("disabled")),
    )
