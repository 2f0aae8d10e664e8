from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.redact import _SECRETS, escape, redact

SECRET = "AbCdEfGhIjKlMnOpQrStUvWxYz0123456789-_"


@pytest.mark.parametrize(
    "text",
    [
        f"key sk-{SECRET}",
        f"key sk-proj-{SECRET}",
        f"key AIza{SECRET}",
        f"key AQ.{SECRET}",
        f"token ya29.{SECRET}",
        f"refresh 1//0{SECRET}",
        f"jwt eyJ{SECRET}.{SECRET}.{SECRET}",
        f"Authorization: Bearer {SECRET}",
        f"authorization: {SECRET}",
        f"'x-goog-api-key': '{SECRET}'",
        f"{{'x-api-key': '{SECRET}'}}",
        f"GET /v1beta/models?key={SECRET} HTTP/1.1",
        f"https://h/x?alt=sse&access_token={SECRET}&x=1",
        f'{{"refresh_token": "{SECRET}"}}',
        f'{{"private_key": "-----BEGIN\\n{SECRET}"}}',
        f"-----BEGIN PRIVATE KEY-----\n{SECRET}\n{SECRET}\n-----END PRIVATE KEY-----",
        f"postgres://user:{SECRET}@host/db",
    ],
)
def test_a_secret_does_not_get_through(text: str) -> None:
    assert SECRET not in redact(text)
    assert "[…]" in redact(text)


@pytest.mark.parametrize(
    "text",
    [
        "a task-force, risk-free",
        "model gemini-2.5-flash answered 200 in 1.2 s",
        "https://api.example/v1/models?alt=sse",
        "sk-AbCdEf...456",
        "the bearer of bad news",
    ],
)
def test_plain_words_stay(text: str) -> None:
    assert redact(text) == text


_PIECES = [
    "sk-", "AIza", "AQ.", "ya29.", "1//0", "xai-", "gsk_", "eyJ", "Bearer ", "basic ", "X-Api-Key",
    "x-goog-api-key", "Authorization", "cookie", ": ", "=", "?", "&", "key", "api_key", "token",
    "code", "client_secret", '"', "'", "private_key", "refresh_token", "password", "-----BEGIN ",
    "RSA PRIVATE KEY-----", "-----END", "://", "user:", "@", "A1b2C3d4E5f6G7h8", " ", "\n",
    # Letters that the pattern takes for an s and a k.
    "\u017f", "\u212a",
]  # fmt: skip


@given(st.lists(st.sampled_from(_PIECES), max_size=12))
def test_what_hardly_looks_does_not_miss_what_the_pattern_finds(pieces: list[str]) -> None:
    for text in ("".join(pieces), "".join(pieces).upper()):
        found = _SECRETS.sub(lambda found: f"{found[found.lastgroup or 0]}[…]", text)
        assert redact(text) == found


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("two\nlines\r\n", "two\\nlines\\r\\n"),
        ("\x1b[31mred\x07", "\\u001b[31mred\\u0007"),
        ("c1 \x9b31m", "c1 \\u009b31m"),
        ("\u202eright to left", "\\u202eright to left"),
        ("中文 and emoji 🍲", "中文 and emoji 🍲"),
    ],
)
def test_control_characters_are_spelt_out(text: str, shown: str) -> None:
    assert escape(text) == shown
