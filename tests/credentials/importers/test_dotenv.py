"""`.env` files."""

from __future__ import annotations

import pytest

from credentials.importers import dotenv
from credentials.importers.entry import BadFile, Entry
from credentials.kinds import Kind


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


@pytest.mark.parametrize("text", ["OPENAI_API_KEY=sk-1", "GEMINI_API_KEYS="])
def test_no_gemini_keys(text: str) -> None:
    with pytest.raises(BadFile, match="GEMINI_API_KEYS"):
        dotenv.read(".env", text)
