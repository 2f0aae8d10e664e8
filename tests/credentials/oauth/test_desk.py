from __future__ import annotations

from collections.abc import Coroutine
from dataclasses import replace
from typing import Any

import pytest
from msgspec.structs import replace as changed

from credentials import issuers
from credentials.issuers import Issuers, Risk
from credentials.oauth.desk import Desk, Offer, offers
from credentials.oauth.troubles import FlowError, Trouble
from tests.credentials.oauth.conftest import ACME

GOOGLE = issuers.google("https://oauth2.test", "ours")


def test_only_what_has_a_client_and_a_way_is_offered() -> None:
    configured = {
        "acme": changed(ACME, risk=Risk.OFFICIAL),
        "tv": changed(ACME, authorize_url=""),
        "imported": changed(ACME, authorize_url="", device_url=""),
    }
    assert offers(Issuers(GOOGLE, configured)) == (
        Offer("google", Risk.CONSUMER, page=True, device=False),
        Offer("acme", Risk.OFFICIAL, page=True, device=True),
        Offer("tv", Risk.CONSUMER, page=False, device=True),
    )


def test_google_is_off_until_the_operator_has_a_client() -> None:
    assert offers(Issuers()) == ()


@pytest.mark.parametrize("provider", ["google", "unknown", "", "x" * 100_000])
def test_a_provider_that_is_not_configured_is_refused(scripted: Desk, provider: str) -> None:
    with pytest.raises(FlowError) as caught:
        scripted.issuer(provider)
    assert caught.value.trouble is Trouble.UNKNOWN


def test_a_loop_that_does_not_answer_is_a_trouble(scripted: Desk) -> None:
    def late(work: Coroutine[Any, Any, Any]) -> Any:
        work.close()
        raise TimeoutError

    async def work() -> None:
        return None

    with pytest.raises(FlowError) as caught:
        replace(scripted, wait=late).ask(work())
    assert caught.value.trouble is Trouble.AWAY


def test_nothing_of_it_is_shown(scripted: Desk) -> None:
    assert "planted" not in repr(scripted)
