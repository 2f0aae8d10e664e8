from __future__ import annotations

import hashlib
import hmac

import pytest

from keys import secret


def test_a_minted_key_is_well_formed_and_new() -> None:
    first, second = secret.mint(), secret.mint()
    assert first != second
    assert len(first) == 46
    assert secret.wellformed(first)


def test_a_digest_is_the_hmac_of_the_whole_text() -> None:
    expected = hmac.new(b"pepper", b"sk-x", hashlib.sha256).digest()
    assert secret.digest("sk-x", b"pepper") == expected


def test_a_digester_makes_the_same_digests_again_and_again() -> None:
    made = secret.digester(b"pepper")
    for text in ("sk-x", "", "sk-x"):
        assert made(text) == secret.digest(text, b"pepper")


def test_a_digest_needs_its_pepper() -> None:
    text = secret.mint()
    assert secret.digest(text, b"one") != secret.digest(text, b"two")


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("", id="empty"),
        pytest.param("sk-" + "a" * 42, id="short"),
        pytest.param("sk-" + "a" * 44, id="long"),
        pytest.param("pk-" + "a" * 43, id="prefix"),
        pytest.param("sk-" + "a" * 42 + "'", id="quote"),
        pytest.param("sk-" + "a" * 42 + "\n", id="newline"),
        pytest.param("sk-" + "a" * 42 + "é", id="letter"),
        pytest.param("sk-" + "a" * 42 + "\ud800", id="surrogate"),
        pytest.param("sk-" + "a" * 42 + "١", id="digit"),
    ],
)
def test_other_texts_are_not_keys(text: str) -> None:
    assert not secret.wellformed(text)


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("sk-AbCdEf" + "x" * 34 + "456", "sk-AbCdEf...456"),
        ("AIzaSomebodysUpstreamKey", "sk-..."),
        ("", "sk-..."),
    ],
)
def test_a_mask_shows_little(text: str, masked: str) -> None:
    assert secret.mask(text) == masked
