"""What a token host's answers mean to the person who waits."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from credentials import issuers
from credentials.issuers import Auth
from credentials.oauth import exchange
from credentials.oauth.exchange import Reply
from credentials.oauth.troubles import FlowError, Trouble
from tests.credentials.fakes import NOW
from tests.credentials.oauth.conftest import ACME, GRANTED, Script, scripted_web

GOOGLE = issuers.google("https://oauth2.test", "ours", "planted-secret")


def account(data: dict[str, Any], provider: str = "acme") -> Any:
    issuer = GOOGLE if provider == "google" else ACME
    return exchange.account(provider, issuer, Reply(200, data), NOW)


def test_an_account_belongs_to_its_provider_and_to_our_client() -> None:
    found = account(GRANTED | {"scope": "models more"})
    assert (found.provider, found.client_id, found.client_secret) == ("acme", "acme-client", "")
    assert found.scopes == ("models", "more")
    assert found.expires_at == NOW + timedelta(minutes=10)
    assert ACME.client(found).secret == "planted-secret"


def test_an_account_of_google_s_has_no_provider() -> None:
    found = account(GRANTED | {"scope": " ".join(issuers.GOOGLE_SCOPES)}, "google")
    assert (found.provider, found.client_id) == ("", "ours")


@pytest.mark.parametrize(
    ("data", "provider", "trouble"),
    [
        (GRANTED | {"refresh_token": ""}, "acme", Trouble.NO_REFRESH),
        (GRANTED | {"refresh_token": ""}, "google", Trouble.NO_REFRESH_GOOGLE),
        (GRANTED | {"scope": "openid email"}, "google", Trouble.SCOPES),
        (GRANTED | {"token_type": "mac"}, "acme", Trouble.REFUSED),
        (GRANTED | {"access_token": ""}, "acme", Trouble.AWAY),
        (GRANTED | {"access_token": "a b"}, "acme", Trouble.AWAY),
        (GRANTED | {"access_token": 7}, "acme", Trouble.AWAY),
        ({}, "acme", Trouble.AWAY),
    ],
)
def test_an_answer_that_cannot_be_used(
    data: dict[str, Any], provider: str, trouble: Trouble
) -> None:
    with pytest.raises(FlowError) as caught:
        account(data, provider)
    assert caught.value.trouble is trouble


def test_words_that_are_no_scopes_are_not_kept() -> None:
    assert account(GRANTED | {"scope": 'ok "bad" \u4e2d'}).scopes == ("ok",)
    assert len(account(GRANTED | {"scope": " ".join(f"s{n}" for n in range(99))}).scopes) == 50


@pytest.mark.parametrize(
    ("reply", "trouble"),
    [
        ((400, {"error": "invalid_grant"}), Trouble.STALE),
        ((200, {"error": "bad_verification_code"}), Trouble.STALE),
        ((401, {"error": "invalid_client"}), Trouble.CLIENT),
        ((400, {"error": "redirect_uri_mismatch"}), Trouble.CLIENT),
        ((400, {"error": "<b>planted</b>"}), Trouble.REFUSED),
        ((400, {"error": ["planted"]}), Trouble.REFUSED),
        ((302, b"planted"), Trouble.REFUSED),
        ((503, b"planted"), Trouble.AWAY),
        ((0, b""), Trouble.AWAY),
        ((200, b"planted"), Trouble.AWAY),
        ((200, b"[" * 100_000), Trouble.AWAY),
        ((200, b"x" * 300_000), Trouble.AWAY),
    ],
    ids=range(12),
)
async def test_what_the_host_says_is_not_repeated(
    script: Script, reply: tuple[int, Any], trouble: Trouble
) -> None:
    script.replies = [reply]
    with pytest.raises(FlowError) as caught:
        await exchange.redeem(scripted_web(script), "acme", ACME, {"code": "planted"}, NOW)
    assert caught.value.trouble is trouble
    assert "planted" not in f"{caught.value} {caught.value!r}"


async def test_nulls_are_as_good_as_nothing(script: Script) -> None:
    script.replies = [(200, GRANTED | {"scope": None, "id_token": None, "expires_in": None})]
    lent = await exchange.redeem(scripted_web(script), "acme", ACME, {}, NOW)
    assert lent.document.refresh_token == "planted-refresh"
    assert "planted" not in repr(lent)


@pytest.mark.parametrize("auth", Auth)
async def test_a_client_says_who_it_is_as_the_provider_wants_it(script: Script, auth: Auth) -> None:
    await exchange.ask(scripted_web(script), replace(ACME, auth=auth), ACME.token_url, {"a": "b"})
    header = script.asked[0].headers.get("authorization", "")
    if auth is Auth.BASIC:
        assert (script.form(), header) == (
            {"a": "b"},
            "Basic YWNtZS1jbGllbnQ6cGxhbnRlZC1zZWNyZXQ=",
        )
    else:
        assert script.form() == {
            "a": "b",
            "client_id": "acme-client",
            "client_secret": "planted-secret",
        }
        assert header == ""
