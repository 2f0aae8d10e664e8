"""Rows opened for lending: with their proxy, or not at all."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from credentials.opening import opened
from credentials.roster import Member
from credentials.vault import Vault
from tests.credentials.fakes import VAULT, account_row, person, row

PROXY = "socks5://user:planted@proxy.test:1080"
SEALED = VAULT.seal(PROXY).decode()
OTHER = Vault([b"YW5vdGhlciBrZXksIDMyIGJ5dGVzIGxvbmcsIG9rPz8="])


def test_a_key_comes_with_its_proxy() -> None:
    found = opened(VAULT, replace(row(1), sealed_proxy=SEALED), None)
    assert found is not None
    assert (found.access.secret, found.access.proxy) == ("secret-1", PROXY)
    assert "planted" not in f"{found.access!r}"


def test_an_account_asks_for_tokens_through_its_proxy() -> None:
    found = opened(VAULT, replace(account_row(1, person()), sealed_proxy=SEALED), None)
    assert found is not None
    assert found.account is not None
    assert (found.account.proxy, found.access.proxy) == (PROXY, PROXY)


@pytest.mark.parametrize(
    "sealed",
    [OTHER.seal(PROXY).decode(), VAULT.seal("nonsense").decode()],
    ids=["sealed by another", "no address"],
)
def test_without_its_proxy_it_is_not_lent(sealed: str, caplog: pytest.LogCaptureFixture) -> None:
    assert opened(VAULT, replace(row(1), sealed_proxy=sealed), None) is None
    assert "Credential 1 is left out" in caplog.text
    assert "planted" not in caplog.text


def test_what_is_known_is_not_opened_again() -> None:
    stored = replace(row(1), sealed_proxy=SEALED)
    found = opened(VAULT, stored, None)
    assert found is not None
    known = Member(found.access, stored.sealed, 1, stored.health, 0, sealed_proxy=SEALED)
    again = opened(OTHER, stored, known)
    assert again is not None
    assert again.access == found.access
