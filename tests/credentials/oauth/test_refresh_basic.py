"""A client that says who it is in a header also renews its accounts so."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from credentials.bearer import Account
from credentials.issuers import Auth, Issuers
from credentials.kinds import Kind
from credentials.oauth import flow
from credentials.oauth.desk import Desk
from credentials.tokens import Tokens
from tests.credentials.fakes import Clock, FakeSafe, person
from tests.credentials.oauth.conftest import ACME, BASE, GRANTED, SESSION, Script
from tests.support.oauthserver import Provider

BASIC = Issuers(providers={"acme": replace(ACME, auth=Auth.BASIC)})


@pytest.mark.django_db
def test_the_real_server_takes_it(desk: Desk, provider: Provider, clock: Clock) -> None:
    start = flow.begin(desk, "strict", SESSION, base=BASE)
    document = flow.finish(desk, SESSION, provider.agree(start.url)).document
    basic = Issuers(providers={"strict": provider.issuer("secret", auth=Auth.BASIC)})
    account = Account(1, Kind.PROVIDER_OAUTH, document, {})
    tokens = Tokens(lambda: basic, FakeSafe(account), desk.web, clock)
    clock.advance(600)
    assert provider.knows(desk.wait(tokens.fresh(account)).text)


def test_its_secret_is_not_in_the_form(scripted: Desk, script: Script, clock: Clock) -> None:
    script.replies = [(200, GRANTED)]
    document = person(provider="acme", client_id="acme-client", client_secret="")
    account = Account(1, Kind.PROVIDER_OAUTH, document, {})
    tokens = Tokens(lambda: BASIC, FakeSafe(account), scripted.web, clock)
    scripted.wait(tokens.fresh(account))
    assert script.form() == {"grant_type": "refresh_token", "refresh_token": "planted-refresh"}
    assert script.asked[0].headers["authorization"].startswith("Basic ")
