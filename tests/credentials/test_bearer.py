"""What a pool without makers of tokens says, and what is shown."""

from __future__ import annotations

import pytest

from credentials.bearer import Bearer, NoBearers, Unready
from credentials.health import NotItsFault
from tests.credentials.fakes import NOW, Clock, account, person


async def test_without_makers_of_tokens_accounts_are_not_to_blame() -> None:
    bearers, one = NoBearers(Clock()), account(1, person())
    bearers.discard(1, "secret")
    bearers.forget(1)
    assert bearers.cached(one) is None
    with pytest.raises(Unready, match="cannot be used here") as caught:
        await bearers.ready(one)
    assert caught.value.failure.outcome == NotItsFault()


def test_nothing_shows_a_secret() -> None:
    shown = f"{Bearer('planted-access', NOW)!r} {account(1, person())!r}"
    assert "planted" not in shown
