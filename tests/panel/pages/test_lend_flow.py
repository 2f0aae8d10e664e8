"""To a real OAuth server and back, with and without tricks."""

from __future__ import annotations

import re
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest
from django.conf import settings
from django.test import Client, override_settings
from django.utils import timezone

from credentials.documents import OAuthAccount
from credentials.issuers import Issuers
from credentials.kinds import Kind, Source
from credentials.lending import invites
from credentials.lending.rules import Openness
from credentials.lending.states import State
from credentials.models import Contribution, Credential, Flow
from credentials.sealing import opened
from panel import bridge
from panel.pages.lend import browser
from tests.support.console import PASSWORD
from tests.support.contributor import (
    House,
    Lender,
    configured,
    noted,
    receipt,
    row,
    text,
    trail,
    version,
)
from tests.support.oauthserver import Provider
from tests.support.pool import vault

pytestmark = pytest.mark.django_db


def changed(address: str, **fields: str) -> str:
    """The same address that says something else."""
    parts = urlsplit(address)
    return parts._replace(query=urlencode(dict(parse_qsl(parts.query)) | fields)).geturl()


def test_an_account_is_lent_by_its_provider_s_consent(
    lender: Lender, provider: Provider, house: House
) -> None:
    url = lender.leave(name="Anna", contact="@anna", day_cap="9")
    answer = lender.arrive(provider.agree(url))
    found = row()
    document = opened(vault(), Kind.PROVIDER_OAUTH, found.credential.sealed)
    assert isinstance(document, OAuthAccount)
    assert (found.state, found.name, found.contact) == (State.QUARANTINED, "Anna", "@anna")
    assert (found.credential.provider, found.credential.label) == ("acme", "anna@mail.test")
    assert (found.credential.lender_cap, house.asked) == (9, [("test", found.credential_id)])
    assert found.terms == version(Kind.PROVIDER_OAUTH)
    page = text(lender.get(receipt(answer)))
    for secret in (document.access_token, document.refresh_token):
        assert secret not in page
        assert secret not in trail()


def test_the_page_goes_on_by_itself_and_leads_nowhere_else(lender: Lender) -> None:
    page = text(lender.lend("page:acme", "", terms=version(Kind.PROVIDER_OAUTH)))
    (refresh,) = re.findall(r'http-equiv="refresh" content="0; url=([^"]+)"', page)
    assert refresh.startswith("http://127.0.0.1:")
    assert "redirect_uri=https%3A%2F%2Fpotluck.test%2Fauth%2Fcallback" in refresh


@pytest.mark.parametrize("host", ["evil.test", "potluck.test.evil.test", "127.0.0.1"])
def test_a_forged_host_does_not_lead_the_browser_away(lender: Lender, host: str) -> None:
    lender.client = Client(headers={"host": host, "X-Forwarded-Host": host})
    assert "potluck.test%2Fauth%2Fcallback" in lender.leave()


def test_the_cookie_comes_along_on_the_way_back_and_nobody_reads_it(lender: Lender) -> None:
    lender.leave(name="Anna")
    cookie = lender.client.cookies[browser.NAME]
    assert (cookie["samesite"], cookie["httponly"]) == ("Lax", True)
    assert "Anna" not in cookie.value
    assert Flow.objects.get().session not in cookie.value


def test_an_address_may_be_pasted(lender: Lender, provider: Provider) -> None:
    issuer = provider.issuer(redirect_uri="http://localhost:8085/callback")
    with override_settings(POTLUCK_ISSUERS=Issuers(providers={"acme": issuer})):
        page = text(lender.lend("page:acme", "", terms=version(Kind.PROVIDER_OAUTH)))
        assert "refresh" not in page
        (url,) = re.findall(r'class="button main block" href="([^"]+)"', page)
        ended = provider.agree(url.replace("&amp;", "&"))
        answer = lender.post("/auth/callback-url", url=f" {ended[:70]}\n{ended[70:]} ")
    assert receipt(answer)
    assert row().state == State.QUARANTINED


def test_another_browser_gets_nothing_of_it(
    lender: Lender, stranger: Lender, provider: Provider
) -> None:
    address = provider.agree(lender.leave())
    for path in ("/auth/callback", "/auth/callback-url"):
        fields = dict(parse_qsl(urlsplit(address).query)) | {"url": address}
        assert stranger.post(path, **fields).status_code == 404
    assert stranger.arrive(address).status_code == 404
    assert not Contribution.objects.exists()
    assert receipt(lender.arrive(address))


def test_a_stranger_s_answer_does_not_get_into_my_browser(
    lender: Lender, stranger: Lender, provider: Provider
) -> None:
    lender.leave()
    theirs = provider.agree(stranger.leave())
    answer = lender.arrive(theirs)
    assert answer.status_code == 404
    assert "was not started in this browser" in text(answer)
    assert not Contribution.objects.exists()


def test_an_answer_is_good_once(lender: Lender, provider: Provider) -> None:
    address = provider.agree(lender.leave())
    assert lender.arrive(address).status_code == 303
    assert lender.arrive(address).status_code == 404
    assert lender.post("/auth/callback-url", url=address).status_code == 404
    assert Contribution.objects.count() == 1


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({"state": "x" * 43}, 404),
        ({"state": ""}, 400),
        ({"code": ""}, 400),
        ({"iss": "https://evil.test"}, 400),
        ({"code": "invented"}, 400),
    ],
)
def test_a_changed_answer_is_not_believed(
    lender: Lender, provider: Provider, fields: dict[str, str], status: int
) -> None:
    address = changed(provider.agree(lender.leave()), **fields)
    answer = lender.post("/auth/callback-url", url=address)
    assert (answer.status_code, Contribution.objects.count()) == (status, 0)
    assert "Nothing was lent." in text(answer)
    assert "evil" not in text(answer)


@pytest.mark.parametrize("url", ["", "hello", "?state=é&code=x", "?" + "a=b&" * 5_000, "\x00?a=b"])
def test_what_is_no_address_is_told_so(lender: Lender, url: str) -> None:
    answer = lender.post("/auth/callback-url", url=url)
    assert answer.status_code == 400
    assert "Copy the whole address" in text(answer)


def test_who_does_not_agree_has_lent_nothing(lender: Lender, provider: Provider) -> None:
    answer = lender.arrive(provider.decline(lender.leave()))
    assert (answer.status_code, Contribution.objects.count()) == (400, 0)
    assert "Access was not granted" in text(answer)


def test_html_in_names_is_text(lender: Lender, provider: Provider) -> None:
    bad = '"><script>alert(1)</script>'
    url = lender.leave(name=bad, contact=bad)
    page = text(lender.get(receipt(lender.arrive(provider.agree(url, who="mallory")))))
    lender.post("/login", password=PASSWORD)
    listed = text(lender.get("/panel/contributions"))
    refused = text(lender.get(f"/panel/contributions/{row().pk}/reject"))
    for each in (page, listed, refused):
        assert "<script>alert" not in each
    assert "&lt;script&gt;alert(1)" in listed
    assert "mallory" not in row().credential.label


def test_an_invite_is_used_at_the_end(lender: Lender, provider: Provider) -> None:
    pepper = settings.POTLUCK_PEPPER
    (code,) = invites.create(pepper, count=1, uses=1, days=1, now=timezone.now())
    with configured(contributions=Openness.INVITE):
        lender.post("/auth", code=code)
        first, second = lender.leave(), lender.leave()
        assert lender.arrive(provider.agree(first)).status_code == 303
        answer = lender.arrive(provider.agree(second, "mallory"))
    assert (answer.status_code, Contribution.objects.count()) == (403, 1)
    assert "invite code" in text(answer)


def test_an_account_is_lent_once_from_however_many_browsers(
    lender: Lender, stranger: Lender, provider: Provider
) -> None:
    lender.arrive(provider.agree(lender.leave()))
    again = stranger.arrive(provider.agree(stranger.leave()))
    assert (again.status_code, Contribution.objects.count()) == (409, 1)
    assert "lent here already" in text(again)
    # Some providers revoke every consent of an owner with one: the first one lives on.
    document = opened(vault(), Kind.PROVIDER_OAUTH, row().credential.sealed)
    assert isinstance(document, OAuthAccount)
    assert provider.knows(document.access_token)


def test_it_may_be_closed_meanwhile(lender: Lender, provider: Provider) -> None:
    address = provider.agree(lender.leave())
    with configured(contributions=Openness.OFF):
        answer = lender.arrive(address)
    assert (answer.status_code, Contribution.objects.count()) == (403, 0)


def test_a_code_is_typed_in_elsewhere(lender: Lender, stranger: Lender, provider: Provider) -> None:
    page = text(lender.lend("device:tv", "", terms=version(Kind.PROVIDER_OAUTH)))
    (code,) = re.findall(r'id="user-code">([^<]+)<', page)
    (path,) = re.findall(r'data-poll="([^"]+)"', page)
    assert 'data-after="5"' in page
    provider.enter(code)
    early = lender.get(path)
    assert (early.status_code, code in text(early)) == (200, True)
    assert stranger.get(path).status_code == 404
    _hurry()
    answer = lender.get(path)
    assert receipt(answer)
    assert row().state == State.QUARANTINED
    assert "This account is connected." in text(lender.get(path))


def test_a_refused_code_ends(lender: Lender, provider: Provider) -> None:
    page = text(lender.lend("device:tv", "", terms=version(Kind.PROVIDER_OAUTH)))
    (code,) = re.findall(r'id="user-code">([^<]+)<', page)
    (path,) = re.findall(r'data-poll="([^"]+)"', page)
    provider.enter(code, "deny")
    _hurry()
    assert "Access was not granted" in text(lender.get(path))
    assert "Access was not granted" in text(lender.get(path))
    assert not Contribution.objects.exists()


@pytest.mark.parametrize("id", ["x", "x" * 22, "é", "%00"])
def test_a_flow_that_never_was_has_no_state(lender: Lender, id: str) -> None:
    assert lender.get(f"/auth/status/{id}").status_code == 404


def test_a_session_has_a_few_flows(lender: Lender) -> None:
    for _ in range(8):
        lender.leave()
    assert Flow.objects.count() == 5
    assert noted() == []


def test_without_a_running_gateway_nobody_is_sent_away(lender: Lender) -> None:
    bridge.install(None)
    answer = lender.lend("page:acme", "", terms=version(Kind.PROVIDER_OAUTH))
    assert answer.status_code == 503
    assert "is not running" in text(answer)
    assert receipt(lender.lend())
    assert row().state == State.TESTING


def test_the_administrator_adds_an_account_for_the_gateway(
    lender: Lender, provider: Provider
) -> None:
    assert lender.get("/panel/contributions/login")["Location"].startswith("/login")
    assert lender.post("/panel/contributions/login", way="page:acme").status_code == 302
    lender.post("/login", password=PASSWORD)
    assert "acme" in text(lender.get("/panel/contributions/login?provider=acme"))
    with configured(contributions=Openness.OFF):
        page = text(lender.post("/panel/contributions/login", way="page:acme"))
        (url,) = re.findall(r'class="button main block" href="([^"]+)"', page)
        # The administrator's cookie is Strict: it does not come along.
        del lender.client.cookies["potluck_session"]
        answer = lender.arrive(provider.agree(url.replace("&amp;", "&")))
    assert "A test call has worked." in text(answer)
    found = Credential.objects.get()
    assert (found.enabled, found.held, found.source) == (True, False, Source.MANUAL)
    assert not Contribution.objects.exists()
    assert "credential.add" in noted()


def test_nobody_else_can_say_that_it_is_for_the_console(lender: Lender, provider: Provider) -> None:
    address = provider.agree(lender.leave(purpose="console", draft="console"))
    lender.arrive(address)
    assert row().credential.held


def _hurry() -> None:
    """The provider may be asked now."""
    Flow.objects.update(next_poll_at=timezone.now())
