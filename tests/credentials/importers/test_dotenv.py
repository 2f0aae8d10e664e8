"""`.env` files."""

from __future__ import annotations

import base64
import json

import pytest

from credentials.documents import OAuthAccount
from credentials.importers import dotenv
from credentials.importers.entry import BadFile, Entry, Remark
from credentials.kinds import Kind
from tests.credentials.importers import FIXTURES


@pytest.mark.parametrize(
    ("text", "keys"),
    [
        ("GEMINI_API_KEYS=key-1,key-2", ["key-1", "key-2"]),
        ('PORT=7861\nexport GEMINI_API_KEYS="key-1, key-2"\n', ["key-1", "key-2"]),
        ("GEMINI_API_KEY='key-1' ", ["key-1"]),
        ("GEMINI_API_KEYS='key-1','key-2'", ["key-1", "key-2"]),
        ("GOOGLE_API_KEY_1=key-1 # spare\nGOOGLE_API_KEY_2=key-2", ["key-1", "key-2"]),
        ("gemini_api_keys = key-1", ["key-1"]),
    ],
)
def test_keys(text: str, keys: list[str]) -> None:
    assert dotenv.read(".env", text) == [Entry(key, Kind.GEMINI_API) for key in keys]


@pytest.mark.parametrize("text", ["", "key-0001\nkey-0002", "a2V5_LTAwMDE==", "a2v5_tawmde="])
def test_other_files_are_left_to_others(text: str) -> None:
    assert dotenv.read("keys.txt", text) is None


@pytest.mark.parametrize("text", ["PANEL_PASSWORD=planted", "GEMINI_API_KEYS="])
def test_no_keys(text: str) -> None:
    with pytest.raises(BadFile, match="GEMINI_API_KEYS"):
        dotenv.read(".env", text)


def test_each_vendor_has_its_variable() -> None:
    text = 'OPENAI_API_KEY=k1\nANTHROPIC_API_KEYS=k2,k3\nVERTEX_API_KEYS=["k4"]'
    assert dotenv.read(".env", text) == [
        Entry("k1", Kind.OPENAI),
        Entry("k2", Kind.ANTHROPIC),
        Entry("k3", Kind.ANTHROPIC),
        Entry("k4", Kind.VERTEX),
    ]


def test_a_file_of_gemini_balance() -> None:
    pieces = dotenv.read(".env", (FIXTURES / "gemini-balance.env").read_text()) or []
    assert [(each.secret, each.kind) for each in pieces if isinstance(each, Entry)] == [
        ("planted-balance-1", Kind.GEMINI_API),
        ("planted-balance-2", Kind.GEMINI_API),
        ("planted-express", Kind.VERTEX),
    ]
    assert [str(each) for each in pieces if isinstance(each, Remark)] == [
        "BASE_URL names another host than Google's; set GEMINI_BASE_URL to it, without a version.",
        "Variables that were not imported: MYSQL_PASSWORD, ALLOWED_TOKENS, AUTH_TOKEN, PROXIES, "
        "PAID_KEY.",
    ]


ACCOUNT = json.dumps({"refresh_token": "planted-r", "client_id": "c", "project_id": "p"})


@pytest.mark.parametrize(
    "value", [f"'{ACCOUNT}'", ACCOUNT, base64.b64encode(ACCOUNT.encode()).decode()]
)
@pytest.mark.parametrize("name", ["GCLI_CREDS_1", "GCLI_CREDS_mine", "GOOGLE_CREDENTIALS"])
def test_an_account_stands_in_a_variable(name: str, value: str) -> None:
    (entry,) = dotenv.read(".env", f"export {name}={value}") or []
    assert isinstance(entry, Entry)
    assert isinstance(entry.secret, OAuthAccount)
    assert entry.secret.refresh_token == "planted-r"


def test_a_broken_account_is_named_by_its_variable() -> None:
    pieces = dotenv.read(".env", "GEMINI_API_KEY=key-1\nGCLI_CREDS_2={planted") or []
    assert [str(each) for each in pieces if isinstance(each, Remark)] == [
        "GCLI_CREDS_2: The value is neither JSON nor JSON in base64."
    ]
