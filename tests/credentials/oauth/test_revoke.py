"""Giving an account back, at the real server and at ones that do not want it."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from credentials import issuers
from credentials.issuers import Issuer
from credentials.oauth import flow
from credentials.oauth.desk import Desk
from credentials.oauth.revoke import NotRevoked, Revoked, Why, revoke
from tests.credentials.fakes import person, robot
from tests.credentials.oauth.conftest import ACME, BASE, SESSION, Script, scripted_web
from tests.support.oauthserver import Provider

GOOGLE = issuers.google("https://oauth2.test", "ours", "planted-ours")
THEIRS = person(provider="acme")


@pytest.mark.django_db
@pytest.mark.parametrize("client", ["acme", "strict"])
def test_what_was_given_back_is_worth_nothing(desk: Desk, provider: Provider, client: str) -> None:
    start = flow.begin(desk, client, SESSION, base=BASE)
    document = flow.finish(desk, SESSION, provider.agree(start.url)).document
    assert provider.knows(document.access_token)
    issuer = desk.issuers.find(document)
    assert desk.wait(revoke(desk.web, issuer, document)) == Revoked()
    assert not provider.knows(document.access_token)
    assert desk.wait(revoke(desk.web, issuer, document)) == Revoked()


async def test_google_is_told_the_token_alone(script: Script) -> None:
    assert await revoke(scripted_web(script), GOOGLE, person()) == Revoked()
    assert str(script.asked[0].url) == "https://oauth2.test/revoke"
    assert script.form() == {"token": "planted-refresh"}


async def test_another_is_told_by_the_client_that_has_the_token(script: Script) -> None:
    ours = replace(THEIRS, client_id="acme-client", client_secret="")
    for document in (THEIRS, ours):
        await revoke(scripted_web(script), ACME, document)
    assert [script.form(n)["client_id"] for n in (0, 1)] == ["planted-client", "acme-client"]
    assert script.form()["token_type_hint"] == "refresh_token"


@pytest.mark.parametrize(
    ("reply", "end"),
    [
        ((200, b""), Revoked()),
        ((204, b""), Revoked()),
        ((400, {"error": "invalid_token"}), Revoked()),
        ((400, {"error": "unsupported_token_type"}), NotRevoked(Why.REFUSED)),
        ((401, {"error": "invalid_client"}), NotRevoked(Why.CLIENT)),
        ((404, b"planted"), NotRevoked(Why.REFUSED)),
        ((302, b""), NotRevoked(Why.REFUSED)),
        ((429, b""), NotRevoked(Why.AWAY, again=True)),
        ((503, b""), NotRevoked(Why.AWAY, again=True)),
        ((0, b""), NotRevoked(Why.AWAY, again=True)),
    ],
    ids=range(10),
)
async def test_an_answer_becomes_a_sentence(
    script: Script, reply: tuple[int, Any], end: Revoked | NotRevoked
) -> None:
    script.replies = [reply]
    found = await revoke(scripted_web(script), ACME, THEIRS)
    assert found == end
    assert "planted" not in repr(found)


@pytest.mark.parametrize(
    ("issuer", "document", "why"),
    [(GOOGLE, robot(), Why.ROBOT), (Issuer(token_url="https://a.test"), THEIRS, Why.NO_ADDRESS)],
)
async def test_where_nothing_can_be_revoked_nobody_is_asked(
    script: Script, issuer: Issuer, document: Any, why: Why
) -> None:
    assert await revoke(scripted_web(script), issuer, document) == NotRevoked(why)
    assert script.asked == []


@pytest.mark.parametrize("why", Why)
def test_every_reason_is_a_sentence(why: Why) -> None:
    assert NotRevoked(why).reason.endswith(".")
