"""What `tokens` does with an account from here, at a server that rotates refresh tokens."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from credentials import health
from credentials.bearer import Account, Unready
from credentials.documents import OAuthAccount
from credentials.health import Health, Policy, RateLimited, State
from credentials.issuers import Issuers
from credentials.kinds import Kind
from credentials.oauth import flow
from credentials.oauth.desk import Desk
from credentials.tokens import Tokens
from tests.credentials.fakes import Clock, FakeSafe
from tests.credentials.oauth.conftest import BASE, SESSION
from tests.support.oauthserver import Provider

pytestmark = pytest.mark.django_db


@dataclass
class Lent:
    """An account that was connected, and what renews it. `issuers` may be changed."""

    desk: Desk
    clock: Clock
    provider: Provider
    account: Account
    safe: FakeSafe
    issuers: Issuers

    def __post_init__(self) -> None:
        self.tokens = Tokens(lambda: self.issuers, self.safe, self.desk.web, self.clock)

    def fresh(self) -> str:
        return self.desk.wait(self.tokens.fresh(self.account)).text

    def failure(self) -> Unready:
        with pytest.raises(Unready) as caught:
            self.fresh()
        return caught.value

    @property
    def stored(self) -> OAuthAccount:
        document = self.safe.documents[1]
        assert isinstance(document, OAuthAccount)
        return document


@pytest.fixture(params=["acme", "strict"])
def lent(
    request: pytest.FixtureRequest, desk: Desk, provider: Provider, clock: Clock
) -> Iterator[Lent]:
    start = flow.begin(desk, request.param, SESSION, base=BASE)
    document = flow.finish(desk, SESSION, provider.agree(start.url)).document
    account = Account(1, Kind.PROVIDER_OAUTH, document, {})
    made = Lent(desk, clock, provider, account, FakeSafe(account), desk.issuers)
    yield made
    desk.wait(made.tokens.close())


def test_its_own_token_serves_until_it_gets_old(lent: Lent) -> None:
    assert lent.fresh() == lent.stored.access_token
    assert lent.safe.stored == []


def test_a_rotated_refresh_token_is_stored_and_used_next(lent: Lent) -> None:
    seen = {lent.stored.refresh_token}
    for _ in range(3):
        lent.clock.advance(600)
        assert lent.provider.knows(lent.fresh())
        seen.add(lent.stored.refresh_token)
    assert len(seen) == 4
    assert lent.stored.lineage != ""


def test_an_old_refresh_token_bans_the_account(lent: Lent) -> None:
    first = lent.stored
    lent.clock.advance(600)
    lent.fresh()
    lent.safe.documents[1] = first
    lent.tokens.forget(1)
    failure = lent.failure().failure
    now = lent.clock.now
    after = health.after(Health(), failure.outcome, Policy(), sent_at=now, now=now)
    assert health.state(after, now) is State.BANNED
    assert "authorise it again" in failure.reason


def test_a_token_host_that_is_away_harms_nobody(lent: Lent) -> None:
    configured = lent.issuers
    away = lent.provider.issuer(token_url="http://127.0.0.1:9/token")
    lent.issuers = Issuers(providers=dict.fromkeys(configured.providers, away))
    lent.clock.advance(600)
    assert isinstance(lent.failure().failure.outcome, RateLimited)
    lent.issuers = configured
    lent.clock.advance(15)
    assert lent.provider.knows(lent.fresh())
