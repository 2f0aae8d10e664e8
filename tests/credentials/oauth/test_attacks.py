"""What somebody tries who is not the person at the consent page, or not only that."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from urllib.parse import parse_qs, quote, urlsplit

import pytest
from django.db import connections

from credentials.models import Flow
from credentials.oauth import flow, record
from credentials.oauth.desk import Authorised, Desk
from credentials.oauth.flow import Begun
from credentials.oauth.states import Status
from credentials.oauth.troubles import FlowError, Trouble
from tests.credentials.fakes import Clock
from tests.credentials.oauth.conftest import ACME, BASE, GRANTED, OTHER, SESSION, Script, of
from tests.support.oauthserver import Provider

STATE = "planted-state"


def begun(desk: Desk, session: str = SESSION) -> Begun:
    return flow.begin(desk, "acme", session, base=BASE)


def state(begun: Begun) -> str:
    return parse_qs(urlsplit(begun.url).query)["state"][0]


def trouble(work: Callable[[], object]) -> Trouble:
    with pytest.raises(FlowError) as caught:
        work()
    return caught.value.trouble


@pytest.mark.django_db
def test_a_state_that_nobody_was_given_is_refused(scripted: Desk, script: Script) -> None:
    begun(scripted)
    for guess in ("x", "x" * 43, "%27%20OR%201=1", record.digest("x")):
        address = f"/auth/callback?code=c&state={guess}"
        assert trouble(lambda: flow.finish(scripted, SESSION, address)) is Trouble.STRANGER  # noqa: B023
    assert script.asked == []


@pytest.mark.django_db
def test_another_session_s_flow_is_left_alone(desk: Desk, provider: Provider) -> None:
    """Bob is made to open the address on which Anna's consent ended, and the other way round."""
    start = begun(desk)
    address = provider.agree(start.url)
    assert trouble(lambda: flow.finish(desk, OTHER, address)) is Trouble.STRANGER
    assert flow.finish(desk, SESSION, address).document.refresh_token


@pytest.mark.django_db
def test_an_answer_is_good_once(desk: Desk, provider: Provider) -> None:
    address = provider.agree(begun(desk).url)
    flow.finish(desk, SESSION, address)
    assert trouble(lambda: flow.finish(desk, SESSION, address)) is Trouble.STRANGER
    assert Flow.objects.get().status == Status.DONE


@pytest.mark.django_db
def test_an_answer_after_ten_minutes_is_late(scripted: Desk, clock: Clock, script: Script) -> None:
    address = f"?code=c&state={state(begun(scripted))}"
    clock.advance(600)
    assert trouble(lambda: flow.finish(scripted, SESSION, address)) is Trouble.STRANGER
    assert script.asked == []


@pytest.mark.django_db
def test_a_pasted_address_with_another_state_is_refused(desk: Desk, provider: Provider) -> None:
    one, other = begun(desk), begun(desk, OTHER)
    pasted = provider.agree(one.url).replace(state(one), state(other))
    assert trouble(lambda: flow.finish(desk, SESSION, pasted)) is Trouble.STRANGER


@pytest.mark.django_db
def test_a_code_of_another_flow_is_worth_nothing(desk: Desk, provider: Provider) -> None:
    """Mallory's code with Anna's state: PKCE ties a code to the flow it was asked for in."""
    one, mallory = begun(desk), begun(desk, OTHER)
    code = parse_qs(urlsplit(provider.agree(mallory.url, who="mallory")).query)["code"][0]
    address = f"?code={quote(code)}&state={state(one)}&iss={quote(provider.base)}"
    assert trouble(lambda: flow.finish(desk, SESSION, address)) is Trouble.STALE


@pytest.mark.django_db
@pytest.mark.parametrize("iss", ["", "&iss=", "&iss=https://evil.test", "&iss=https://acme.test/"])
def test_an_answer_of_another_provider_gets_no_code(
    scripted: Desk, script: Script, iss: str
) -> None:
    named = of(scripted, issuer="https://acme.test")
    address = f"?code=planted&state={state(begun(named))}{iss}"
    assert trouble(lambda: flow.finish(named, SESSION, address)) is Trouble.MIX_UP
    assert script.asked == []
    assert Flow.objects.get().status == Status.FAILED


@pytest.mark.django_db
def test_a_provider_that_need_not_name_itself_must_not_name_another(
    scripted: Desk, script: Script
) -> None:
    script.replies = [(200, GRANTED)]
    relaxed = of(scripted, issuer="https://acme.test", names_itself=False)
    silent = f"?code=c&state={state(begun(relaxed))}"
    assert flow.finish(relaxed, SESSION, silent).document.refresh_token
    foreign = f"?code=c&state={state(begun(relaxed))}&iss=https://evil.test"
    assert trouble(lambda: flow.finish(relaxed, SESSION, foreign)) is Trouble.MIX_UP


@pytest.mark.django_db
def test_an_error_without_our_state_ends_nobody_s_flow(scripted: Desk) -> None:
    start = begun(scripted)
    for forged in ("?error=access_denied", "?error=access_denied&state=x"):
        trouble(lambda: flow.finish(scripted, SESSION, forged))  # noqa: B023
    view = record.view(SESSION, start.id, scripted.clock())
    assert view is not None
    assert view.status is Status.PENDING


@pytest.mark.django_db
@pytest.mark.parametrize(
    "base",
    [
        "https://potluck.test@evil.test",
        "https://potluck.test/?next=https://evil.test",
        "https://potluck.test/#",
        "javascript:alert(1)//",
        "//evil.test",
        "potluck.test",
        "https://potluck.test\r\nset-cookie: a=b",
        "https://evil.test\\@potluck.test",
        "https://b\u00fccher.test",
        "https://potluck.test/" + "x" * 500,
    ],
    ids=range(10),
)
def test_a_base_that_leads_elsewhere_is_refused(scripted: Desk, base: str) -> None:
    with pytest.raises(ValueError, match="base of a redirect"):
        flow.begin(scripted, "acme", SESSION, base=base)
    assert Flow.objects.count() == 0


@pytest.mark.django_db
def test_an_answer_cannot_say_where_the_code_was_sent_to(scripted: Desk, script: Script) -> None:
    script.replies = [(200, GRANTED)]
    start = begun(scripted)
    pasted = f"https://evil.test/?code=c&state={state(start)}&redirect_uri=https://evil.test"
    flow.finish(scripted, SESSION, pasted)
    assert str(script.asked[0].url) == ACME.token_url
    assert script.form()["redirect_uri"] == f"{BASE}/auth/callback"


@pytest.mark.django_db
@pytest.mark.parametrize("size", [8_193, 1_000_000])
def test_input_of_any_size_is_answered(scripted: Desk, size: int) -> None:
    for address in ("x" * size, f"?state={'x' * size}&code=c", "?" + "&" * size):
        assert trouble(lambda: flow.finish(scripted, SESSION, address)) is Trouble.UNREADABLE  # noqa: B023


@pytest.mark.django_db(transaction=True)
def test_of_many_callbacks_at_once_one_gets_the_account(scripted: Desk, script: Script) -> None:
    script.replies = [(200, GRANTED)]
    address = f"?code=c&state={state(begun(scripted))}"
    ends: list[object] = []
    gate = threading.Barrier(4)

    def come_back() -> None:
        gate.wait(5)
        try:
            ends.append(flow.finish(replace(scripted), SESSION, address))
        except FlowError as error:
            ends.append(error.trouble)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=come_back) for _ in range(4)]
    for each in threads:
        each.start()
    for each in threads:
        each.join(10)
    assert sum(isinstance(end, Authorised) for end in ends) == 1
    assert ends.count(Trouble.STRANGER) == 3
    assert len(script.asked) == 1
