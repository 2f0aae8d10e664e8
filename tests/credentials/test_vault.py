"""Secrets at rest."""

from __future__ import annotations

import pytest
from cryptography.fernet import Fernet

from credentials.vault import Vault, VaultError

OLD, NEW = Fernet.generate_key(), Fernet.generate_key()


def test_what_is_sealed_can_be_opened_and_not_read() -> None:
    vault = Vault([NEW])
    token = vault.seal("planted-secret")
    assert b"planted-secret" not in token
    assert vault.open(token) == "planted-secret"


def test_an_old_key_still_opens_and_a_rotated_token_does_without_it() -> None:
    token = Vault([OLD]).seal("s")
    both = Vault([NEW, OLD])
    assert both.open(token) == "s"
    assert Vault([NEW]).open(both.rotate(token)) == "s"


def test_without_its_key_a_token_stays_shut() -> None:
    token = Vault([OLD]).seal("s")
    with pytest.raises(VaultError):
        Vault([NEW]).open(token)
    with pytest.raises(VaultError):
        Vault([NEW]).rotate(token)


def test_a_fingerprint_is_equal_for_equal_secrets_under_one_key_only() -> None:
    vault = Vault([NEW])
    assert vault.fingerprint("a") == Vault([NEW]).fingerprint("a")
    assert len({vault.fingerprint("a"), vault.fingerprint("b"), Vault([OLD]).fingerprint("a")}) == 3


def test_after_a_rotation_the_old_fingerprint_is_still_found() -> None:
    assert Vault([OLD]).fingerprint("a") in Vault([NEW, OLD]).fingerprints("a")
    assert Vault([NEW, OLD]).fingerprints("a")[0] == Vault([NEW]).fingerprint("a")


@pytest.mark.parametrize("keys", [[], [b"short"], [b"!" * 44]])
def test_a_key_that_is_none_is_refused_without_quoting_it(keys: list[bytes]) -> None:
    with pytest.raises(VaultError) as caught:
        Vault(keys)
    assert not any(key.decode() in str(caught.value) for key in keys)


def test_it_shows_no_key() -> None:
    assert NEW.decode() not in repr(Vault([NEW]))
