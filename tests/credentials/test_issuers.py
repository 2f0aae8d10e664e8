"""A document never says where its secret is sent."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from credentials import issuers
from credentials.issuers import Issuer, Issuers
from tests.credentials.fakes import person, robot

ACME = Issuer(
    token_url="https://login.acme.example/token", client_id="ours", client_secret="planted-ours"
)
PROXIED = Issuers(issuers.google("https://mirror.example/oauth/", "ours", "planted-ours"))
ALL = Issuers(providers={"acme": ACME})


def test_the_configured_host_is_asked_whatever_a_document_says() -> None:
    assert PROXIED.find(robot()).token_url == "https://mirror.example/oauth/token"
    assert PROXIED.find(person()).token_url == "https://mirror.example/oauth/token"
    assert ALL.find(person(provider="acme")) is ACME


def test_a_document_of_the_configured_host_is_admitted_without_its_address() -> None:
    document = person(token_uri="https://mirror.example/token")
    assert PROXIED.admit(document) == person()


@pytest.mark.parametrize(
    ("document", "says"),
    [
        (person(token_uri="https://evil.example/token"), "token_uri"),
        (replace(robot(), token_uri="https://evil.example/token"), "token_uri"),
        (person(token_uri="https://mirror.example.evil/token"), "token_uri"),
        (person(client_id=""), "GOOGLE_OAUTH_CLIENT_ID"),
        (person(provider="unknown"), "not configured"),
    ],
)
def test_who_is_not_admitted(document: Any, says: str) -> None:
    with pytest.raises(ValueError, match=says) as caught:
        ALL.admit(document)
    assert "planted" not in str(caught.value)
    assert "evil" not in str(caught.value)


def test_a_provider_without_a_client_says_so() -> None:
    bare = Issuers(providers={"acme": Issuer(token_url=ACME.token_url)})
    with pytest.raises(ValueError, match="client_id"):
        bare.admit(person(client_id="", provider="acme"))


@pytest.mark.parametrize(
    ("fields", "client"),
    [
        ({}, ("planted-client", "planted-secret", False)),
        ({"client_id": "", "client_secret": ""}, ("ours", "planted-ours", True)),
        ({"client_id": "ours", "client_secret": ""}, ("ours", "planted-ours", True)),
        ({"client_id": "public", "client_secret": ""}, ("public", "", False)),
    ],
)
def test_a_refresh_token_goes_with_the_client_it_was_given_to(
    fields: dict[str, str], client: tuple[str, str, bool]
) -> None:
    assert ACME.client(person(**fields)) == client


def test_nothing_shows_a_secret() -> None:
    client = ACME.client(person())
    assert "planted" not in f"{ACME!r} {ALL!r} {client!r} {client}"
