"""`creds.toml` of gcli2api."""

from __future__ import annotations

import pytest

from credentials.documents import OAuthAccount
from credentials.importers import gcli
from credentials.importers.entry import BadFile, Entry, Remark
from tests.credentials.importers import FIXTURES


def test_each_table_is_an_account_with_its_state() -> None:
    pieces = gcli.read("creds.toml", (FIXTURES / "creds.toml").read_text()) or []
    entries = [each for each in pieces if isinstance(each, Entry)]
    accounts = [each.secret for each in entries if isinstance(each.secret, OAuthAccount)]
    assert [each.refresh_token for each in accounts] == ["planted-toml-1", "planted-toml-2"]
    assert [each.email for each in accounts] == ["alice@example.com", ""]
    assert [each.enabled for each in entries] == [True, False]
    assert str(pieces[-1]) == "Entry 3 has a state, but no tokens."


def test_what_is_wrong_with_an_account_is_told() -> None:
    (piece,) = gcli.read("creds.toml", '[a]\ntoken = "planted"') or []
    assert isinstance(piece, Remark)
    assert str(piece).startswith("Entry 1: The account has no refresh_token")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("planted", "no valid TOML"),
        ("a = 1", "holds no account"),
        ("", "holds no account"),
        ("#" * (2 << 20) + "\n", "2 MB"),
    ],
)
def test_other_toml_is_refused(text: str, says: str) -> None:
    with pytest.raises(BadFile, match=says):
        gcli.read("config.toml", text)


def test_other_files_are_left_to_others() -> None:
    assert gcli.read("creds.json", "{}") is None
