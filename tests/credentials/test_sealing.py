"""Keys as they are, accounts as documents."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from credentials import documents, sealing
from credentials.documents import Secret
from credentials.kinds import Kind
from tests.credentials.fakes import VAULT, person, robot

KEY = "AIzaSyPlanted-0123456789-abcdefghijklmnopq"


@pytest.mark.parametrize(
    ("kind", "secret"),
    [
        (Kind.GEMINI_API, KEY),
        (Kind.VERTEX, KEY),
        (Kind.VERTEX, robot()),
        (Kind.CODE_ASSIST, person()),
        (Kind.PROVIDER_OAUTH, person(provider="acme")),
    ],
)
def test_what_is_sealed_opens_as_what_it_was(kind: Kind, secret: Secret) -> None:
    item = sealing.item(kind, secret)
    sealed = VAULT.seal(item.text).decode()
    assert sealing.opened(VAULT, kind, sealed) == secret
    assert item.mark == sealing.mark(secret)
    assert "planted" not in f"{item!r} {item}"


@pytest.mark.parametrize(
    ("kind", "secret"),
    [
        (Kind.GEMINI_API, robot()),
        (Kind.VERTEX, person()),
        (Kind.CODE_ASSIST, "planted-key"),
        (Kind.CODE_ASSIST, person(provider="acme")),
        (Kind.VERTEX, replace(robot(), token_uri="https://evil.example")),
        (Kind.VERTEX, documents.dumps(person()).replace(" ", "")),
    ],
)
def test_what_does_not_belong_is_refused_and_not_quoted(kind: Kind, secret: Secret) -> None:
    with pytest.raises(ValueError) as caught:
        sealing.item(kind, secret)
    assert "planted" not in str(caught.value)


@pytest.mark.parametrize(
    ("secret", "shown"), [(KEY, "AIza…nopq"), ("short-secret", "…"), ("x" * 23, "…")]
)
def test_a_mask_shows_too_little_to_use(secret: str, shown: str) -> None:
    assert sealing.mask(secret) == shown


def test_an_account_is_called_by_its_address() -> None:
    assert sealing.item(Kind.CODE_ASSIST, person(email="a@example.org")).name == "a@example.org"
    assert sealing.item(Kind.CODE_ASSIST, person("1//0" + "x" * 30)).name == "1//0…xxxx"
