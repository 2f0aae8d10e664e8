"""Google's accounts from consent to withdrawal, at the simulator."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from html import unescape
from urllib.parse import urljoin

import httpx
import pytest

from credentials import issuers
from credentials.documents import kind
from credentials.issuers import Issuers
from credentials.kinds import Kind
from credentials.oauth import flow
from credentials.oauth.desk import Desk
from credentials.oauth.flow import Begun
from credentials.oauth.revoke import Revoked, revoke
from credentials.oauth.troubles import FlowError
from credentials.web import Web, client
from tests.credentials.fakes import VAULT, Clock
from tests.credentials.oauth.conftest import BASE, SESSION, Loop
from tests.support.simulator import Upstream

pytestmark = pytest.mark.django_db


@pytest.fixture
def google(upstream: Upstream, loop: Loop, clock: Clock) -> Iterator[Desk]:
    base = upstream.base
    issuer = issuers.google(f"{base}/oauth", "ours", "planted-ours", accounts=base, apis=base)
    web = Web(partial(client, "potluck/test"), total=5.0)
    yield Desk(Issuers(issuer), VAULT, web, loop.wait, clock)
    loop.wait(web.close())


def begun(desk: Desk) -> Begun:
    return flow.begin(desk, "google", SESSION, base=BASE)


def press(url: str, button: str) -> str:
    """Where the browser ends after a click on the consent page."""
    page = httpx.get(url, trust_env=False).text
    found = re.search(rf'id="{button}" href="([^"]*)"', page)
    assert found is not None, page
    answer = httpx.get(urljoin(url, unescape(found[1])), trust_env=False)
    return str(answer.headers["location"])


def test_an_account_of_google_s_becomes_a_document(google: Desk) -> None:
    start = begun(google)
    found = flow.finish(
        google, SESSION, press(f"{start.url}&login_hint=anna%40gmail.test", "allow")
    )
    assert kind(found.document) is Kind.CODE_ASSIST
    assert (found.document.email, found.name) == ("anna@gmail.test", "Anna")
    assert found.document.scopes == issuers.GOOGLE_SCOPES


def test_a_person_may_decline(google: Desk) -> None:
    with pytest.raises(FlowError, match="not granted"):
        flow.finish(google, SESSION, press(begun(google).url, "deny"))


def test_without_offline_access_there_is_a_remedy(google: Desk) -> None:
    url = begun(google).url.replace("access_type=offline", "access_type=online")
    with pytest.raises(FlowError, match=r"myaccount\.google\.com"):
        flow.finish(google, SESSION, press(url, "allow"))


def test_a_permission_that_was_not_ticked_is_missed(google: Desk) -> None:
    url = re.sub(r"scope=[^&]*", "scope=openid", begun(google).url)
    with pytest.raises(FlowError, match="not ticked"):
        flow.finish(google, SESSION, press(url, "allow"))


def test_a_desktop_client_pastes_its_address(google: Desk) -> None:
    known = google.issuers.google
    local = {name: getattr(known, name) for name in known.__struct_fields__}
    local |= {"redirect_uri": "http://localhost:8085/callback"}
    desk = replace(google, issuers=Issuers(type(known)(**local)))
    start = begun(desk)
    assert start.paste
    address = press(start.url, "allow")
    assert flow.finish(desk, SESSION, address).document.refresh_token


def test_what_was_withdrawn_is_worth_nothing(google: Desk) -> None:
    document = flow.finish(google, SESSION, press(begun(google).url, "allow")).document
    issuer = google.issuers.google

    def userinfo() -> int:
        headers = {"authorization": f"Bearer {document.access_token}"}
        return httpx.get(issuer.userinfo_url, headers=headers, trust_env=False).status_code

    assert userinfo() == 200
    assert google.wait(revoke(google.web, issuer, document)) == Revoked()
    assert userinfo() == 401
    form = {"grant_type": "refresh_token", "refresh_token": document.refresh_token}
    asked = httpx.post(issuer.token_url, data=form | {"client_id": "ours"}, trust_env=False)
    assert asked.json()["error"] == "invalid_grant"


@pytest.mark.parametrize(
    ("query", "error"),
    [
        ({}, "invalid_request"),
        ({"redirect_uri": "javascript:alert(1)"}, "redirect_uri_mismatch"),
        ({"redirect_uri": BASE, "response_type": "token"}, "unsupported_response_type"),
    ],
)
def test_the_simulated_page_is_as_strict(
    upstream: Upstream, query: dict[str, str], error: str
) -> None:
    known = {"client_id": "c", "scope": "s", "response_type": "code"}
    page = f"{upstream.base}/o/oauth2/v2/auth"
    answer = httpx.get(page, params=known | query, trust_env=False)
    assert (answer.status_code, answer.json()["error"]) == (400, error)


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"code": "another"}, "invalid_grant"),
        ({"client_id": "another"}, "invalid_client"),
        ({"redirect_uri": "https://evil.test"}, "redirect_uri_mismatch"),
        ({"code_verifier": "another"}, "invalid_grant"),
    ],
)
def test_so_is_the_exchange(upstream: Upstream, changes: dict[str, str], error: str) -> None:
    page = f"{upstream.base}/o/oauth2/v2/auth"
    query = {"client_id": "c", "scope": "s", "response_type": "code", "redirect_uri": BASE}
    address = press(str(httpx.URL(page, params=query)), "allow")
    form = {
        "grant_type": "authorization_code",
        "client_id": "c",
        "redirect_uri": BASE,
        "code": httpx.URL(address).params["code"],
    }
    answer = httpx.post(f"{upstream.base}/oauth/token", data=form | changes, trust_env=False)
    assert answer.json()["error"] == error
