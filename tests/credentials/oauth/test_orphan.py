"""What could not be stored is given back to its owner, at the real server and at a scripted one."""

from __future__ import annotations

import logging

import pytest
from msgspec.structs import replace

from credentials import services
from credentials.documents import OAuthAccount
from credentials.kinds import Kind
from credentials.oauth import flow
from credentials.oauth.desk import Authorised, Desk
from credentials.oauth.orphan import give_back
from tests.credentials.fakes import VAULT, person
from tests.credentials.oauth.conftest import BASE, SESSION, Script
from tests.support.oauthserver import Provider

pytestmark = pytest.mark.django_db

THEIRS = person(provider="acme", email="anna@mail.test")


def test_what_cannot_be_stored_is_worth_nothing_afterwards(desk: Desk, provider: Provider) -> None:
    seen: list[OAuthAccount] = []

    def keep(found: Authorised) -> int:
        seen.append(found.document)
        raise ValueError("The invite was used up meanwhile.")

    start = flow.begin(desk, "acme", SESSION, base=BASE)
    with pytest.raises(ValueError, match="used up"):
        flow.finish(desk, SESSION, provider.agree(start.url), keep=keep)
    assert not provider.knows(seen[0].access_token)


@pytest.mark.parametrize(
    "known",
    [THEIRS, replace(THEIRS, refresh_token="planted-other"), replace(THEIRS, email="")],
    ids=["itself", "of the same owner", "of who knows whom"],
)
def test_an_access_that_the_pool_has_is_left_alone(
    scripted: Desk, script: Script, known: OAuthAccount
) -> None:
    services.add(VAULT, "acme", Kind.PROVIDER_OAUTH, known)
    give_back(scripted, THEIRS if known.email else replace(known, refresh_token="planted-other"))
    assert script.asked == []


def test_a_new_label_does_not_hide_whose_account_it_is(scripted: Desk, script: Script) -> None:
    row, _ = services.add(VAULT, "acme", Kind.PROVIDER_OAUTH, THEIRS, extra={"email": THEIRS.email})
    services.update([row.pk], label="the one for tests")
    give_back(scripted, replace(THEIRS, refresh_token="planted-other"))
    assert script.asked == []


def test_somebody_else_s_access_does_not_keep_it(scripted: Desk, script: Script) -> None:
    services.add(VAULT, "acme", Kind.PROVIDER_OAUTH, replace(THEIRS, email="bob@mail.test"))
    give_back(scripted, replace(THEIRS, refresh_token="planted-other"))
    assert script.form()["token"] == "planted-other"


@pytest.mark.parametrize("reply", [(0, b""), (503, b""), (400, {"error": "planted"})])
def test_a_provider_that_does_not_want_it_breaks_nothing(
    scripted: Desk, script: Script, reply: tuple[int, object], caplog: pytest.LogCaptureFixture
) -> None:
    script.replies = [reply]
    with caplog.at_level(logging.INFO, "credentials.oauth"):
        give_back(scripted, THEIRS)
    assert "could not be revoked" in caplog.text
    assert "planted" not in caplog.text
