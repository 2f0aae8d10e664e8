"""`creds.toml` of gcli2api: a table per account, of its JSON and its state. Pure."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from typing import Any

from msgspec.structs import replace

from credentials.documents import OAuthAccount
from credentials.importers import accounts, values
from credentials.importers.entry import BadFile, Piece, Remark, remark

_LARGEST = 2 << 20


def read(name: str, text: str) -> list[Piece] | None:
    """None for a file that is not called TOML. Raises BadFile."""
    if not name.lower().endswith(".toml"):
        return None
    if len(text) > _LARGEST:
        raise BadFile("A TOML file may have 2 MB; this one is larger.")
    try:
        data = tomllib.loads(text)
    except (ValueError, RecursionError):  # its texts quote the file
        raise BadFile("The file is no valid TOML.") from None
    tables = [each for each in data.values() if isinstance(each, dict)]
    found = [piece for number, each in enumerate(tables, 1) for piece in _account(each, number)]
    if not found:
        raise BadFile("The file holds no account: a creds.toml of gcli2api has a table for each.")
    return found


def _account(table: Mapping[str, Any], number: int) -> list[Piece]:
    taken = accounts.take(table)
    if taken is None:
        # A table with states only is of an older file beside the accounts.
        return [remark("Entry %(number)d has a state, but no tokens.", number=number)]
    return [_named(piece, table, number) for piece in taken]


def _named(piece: Piece, table: Mapping[str, Any], number: int) -> Piece:
    if isinstance(piece, Remark):
        return remark("Entry %(number)d: %(why)s", number=number, why=piece)
    email = values.label(table.get("user_email"))
    if isinstance(piece.secret, OAuthAccount) and email and not piece.secret.email:
        return replace(piece, secret=replace(piece.secret, email=email))
    return piece
