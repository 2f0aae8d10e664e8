"""The code flow at a real OAuth server: PKCE, one use, one session."""

from __future__ import annotations

import logging
from dataclasses import replace
from urllib.parse import parse_qs, urlsplit

import pytest

from credentials.documents import OAuthAccount
from credentials.issuers import Auth
from credentials.models import Flow
from credentials.oauth import flow, record
from credentials.oauth.desk import Authorised, Desk
from credentials.oauth.flow import Begun
from credentials.oauth.states import Status
from credentials.oauth.troubles import FlowError
from tests.credentials.fakes import Clock
from tests.credentials.oauth.conftest import BASE, SESSION, of
from tests.support.oauthserver import Provider

pytestmark = pytest.mark.django_db


def begun(desk: Desk, provider: str = "acme", **known: str) -> Begun:
    return flow.begin(desk, provider, SESSION, base=BASE, **known)


def asked(begun: Begun) -> dict[str, str]:
    return {name: texts[0] for name, texts in parse_qs(urlsplit(begun.url).query).items()}


@pytest.mark.parametrize("client", ["acme", "strict"])
def test_an_account_comes_back_with_its_tokens_and_its_owner(
    desk: Desk, provider: Provider, client: str
) -> None:
    start = begun(desk, client, purpose="contribution 7")
    found = flow.finish(desk, SESSION, provider.agree(start.url))
    assert (found.id, found.provider, found.purpose) == (start.id, client, "contribution 7")
    assert (found.document.email, found.document.provider) == ("anna@mail.test", client)
    assert found.name == "anna b of /b the tests"
    assert provider.knows(found.document.access_token)
    assert found.document.client_secret == found.document.token_uri == ""


def test_a_client_may_say_who_it_is_in_a_header(desk: Desk, provider: Provider) -> None:
    basic = of(desk, **_known(provider.issuer("secret", auth=Auth.BASIC)))
    start = begun(basic)
    assert flow.finish(basic, SESSION, provider.agree(start.url)).document.refresh_token


def test_a_wrong_secret_is_the_operator_s_business(desk: Desk, provider: Provider) -> None:
    wrong = of(desk, **_known(provider.issuer("secret", client_secret="planted-wrong")))
    start = begun(wrong)
    with pytest.raises(FlowError, match="operator must check"):
        flow.finish(wrong, SESSION, provider.agree(start.url))


def test_an_owner_s_html_does_not_become_an_address(desk: Desk, provider: Provider) -> None:
    start = begun(desk)
    found = flow.finish(desk, SESSION, provider.agree(start.url, who="mallory"))
    assert found.document.email == ""
    assert "<" not in found.name


def test_the_consent_page_is_asked_for_what_is_configured(desk: Desk) -> None:
    known = {"access_type": "offline", "prompt": "consent"}
    start = begun(of(desk, parameters=known))
    found = asked(start)
    assert found | known == found
    assert (found["response_type"], found["scope"]) == ("code", "openid models")
    assert found["redirect_uri"] == start.redirect_uri == f"{BASE}/auth/callback"
    assert found["code_challenge_method"] == "S256"
    assert len(found["state"]) == 43
    assert not start.paste


def test_a_provider_may_go_without_pkce(desk: Desk) -> None:
    assert "code_challenge" not in asked(begun(of(desk, pkce=False)))


def test_the_code_is_worth_nothing_without_the_verifier(desk: Desk, provider: Provider) -> None:
    start = begun(desk)
    Flow.objects.update(sealed=desk.vault.seal("another-verifier" * 4).decode())
    with pytest.raises(FlowError, match="no longer accepts this consent"):
        flow.finish(desk, SESSION, provider.agree(start.url))


def test_a_client_with_an_address_of_its_own_is_pasted(desk: Desk, provider: Provider) -> None:
    local = of(desk, redirect_uri="http://localhost:8085/callback")
    start = begun(local)
    assert (start.redirect_uri, start.paste) == ("http://localhost:8085/callback", True)
    address = provider.agree(start.url)
    assert address.startswith("http://localhost:8085/callback?")
    assert flow.finish(local, SESSION, f"  {address[:60]}\n{address[60:]} ").document.refresh_token


def test_what_is_kept_is_noted(desk: Desk, provider: Provider, clock: Clock) -> None:
    kept: list[Authorised] = []

    def keep(found: Authorised) -> int:
        kept.append(found)
        return 42

    start = begun(desk)
    found = flow.finish(desk, SESSION, provider.agree(start.url), keep=keep)
    view = record.view(SESSION, start.id, clock.now)
    assert view is not None
    assert (view.status, view.credential, kept) == (Status.DONE, 42, [found])
    assert Flow.objects.get().sealed == ""


def test_what_cannot_be_kept_has_failed(desk: Desk, provider: Provider, clock: Clock) -> None:
    def keep(found: Authorised) -> int:
        raise ValueError("The account is there already.")

    start = begun(desk)
    with pytest.raises(ValueError, match="there already"):
        flow.finish(desk, SESSION, provider.agree(start.url), keep=keep)
    view = record.view(SESSION, start.id, clock.now)
    assert view is not None
    assert view.status is Status.FAILED


def test_a_person_may_decline(desk: Desk, provider: Provider, clock: Clock) -> None:
    start = begun(desk)
    with pytest.raises(FlowError, match="not granted"):
        flow.finish(desk, SESSION, provider.decline(start.url))
    view = record.view(SESSION, start.id, clock.now)
    assert view is not None
    assert (view.status, "not granted" in view.error) == (Status.FAILED, True)


def test_a_provider_without_a_page_says_so(desk: Desk) -> None:
    with pytest.raises(FlowError, match="no consent page"):
        begun(desk, "tv")


def test_without_an_address_nobody_could_come_back(desk: Desk) -> None:
    with pytest.raises(FlowError, match="HOST_URL"):
        flow.begin(desk, "acme", SESSION)


def test_a_provider_that_is_away_is_not_the_person_s_fault(desk: Desk, provider: Provider) -> None:
    start = begun(desk)
    address = provider.agree(start.url)
    away = of(desk, token_url="http://127.0.0.1:9/token")
    with pytest.raises(FlowError, match="could not be reached"):
        flow.finish(away, SESSION, address)


def test_a_provider_that_was_taken_out_meanwhile_is_asked_nothing(
    desk: Desk, provider: Provider
) -> None:
    start = begun(desk)
    gone = replace(desk, issuers=type(desk.issuers)())
    with pytest.raises(FlowError, match="not accepted here"):
        flow.finish(gone, SESSION, provider.agree(start.url))


def test_no_secret_is_shown(
    desk: Desk, provider: Provider, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        start = begun(desk, "strict")
        address = provider.agree(start.url)
        caplog.clear()  # What the person's own browser logs.
        found = flow.finish(desk, SESSION, address)
        with pytest.raises(FlowError) as caught:
            flow.finish(desk, SESSION, address)
    document, query = found.document, parse_qs(urlsplit(address).query)
    assert isinstance(document, OAuthAccount)
    shown = f"{caplog.text} {start!r} {found!r} {caught.value!r} {caught.value} {desk!r}"
    secrets = (document.access_token, document.refresh_token, query["code"][0], query["state"][0])
    for secret in (*secrets, SESSION, "planted"):
        assert secret not in shown


def _known(issuer: object) -> dict[str, object]:
    return {name: getattr(issuer, name) for name in ("client_id", "client_secret", "auth")}
