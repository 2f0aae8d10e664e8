"""The device flow, at a real OAuth server and at one that says what the standard allows."""

from __future__ import annotations

from typing import Any

import pytest

from credentials.models import Flow
from credentials.oauth import device, record
from credentials.oauth.desk import Authorised, Desk
from credentials.oauth.device import Shown, Waiting
from credentials.oauth.states import Status
from credentials.oauth.troubles import FlowError, Trouble
from tests.credentials.fakes import NOW, Clock
from tests.credentials.oauth.conftest import ACME, GRANTED, OTHER, SESSION, Script, of
from tests.support.oauthserver import Provider

pytestmark = pytest.mark.django_db

CODES: dict[str, Any] = {
    "device_code": "planted-device",
    "user_code": "WDJB-MJHT",
    "verification_uri": "https://acme.test/device",
    "expires_in": 600,
    "interval": 5,
}
PENDING = (400, {"error": "authorization_pending"})


def started(desk: Desk, script: Script, *replies: tuple[int, Any], **codes: Any) -> Shown:
    script.replies = [(200, CODES | codes), *replies]
    return device.start(desk, "acme", SESSION, purpose="contribution 7")


def trouble(desk: Desk, id: str, session: str = SESSION) -> Trouble:
    with pytest.raises(FlowError) as caught:
        device.poll(desk, session, id)
    return caught.value.trouble


def test_a_code_that_was_typed_in_brings_the_account(
    desk: Desk, provider: Provider, clock: Clock
) -> None:
    start = device.start(desk, "tv", SESSION, purpose="contribution 7")
    assert start.complete.endswith(start.user_code)
    clock.advance(5)
    assert device.poll(desk, SESSION, start.id) == Waiting(5)
    provider.enter(start.user_code)
    clock.advance(5)
    found = device.poll(desk, SESSION, start.id, keep=lambda _: 42)
    assert isinstance(found, Authorised)
    assert (found.provider, found.purpose) == ("tv", "contribution 7")
    assert provider.knows(found.document.access_token)
    assert trouble(desk, start.id) is Trouble.FINISHED
    assert Flow.objects.get().credential == 42


def test_a_person_may_decline(desk: Desk, provider: Provider, clock: Clock) -> None:
    start = device.start(desk, "tv", SESSION)
    provider.enter(start.user_code, "deny")
    clock.advance(5)
    assert [trouble(desk, start.id), trouble(desk, start.id)] == [Trouble.DENIED] * 2


def test_a_provider_without_it_says_so(scripted: Desk) -> None:
    with pytest.raises(FlowError) as caught:
        device.start(of(scripted, device_url=""), "acme", SESSION)
    assert caught.value.trouble is Trouble.NO_DEVICE


def test_the_provider_is_asked_no_faster_than_it_wants(
    scripted: Desk, script: Script, clock: Clock
) -> None:
    start = started(scripted, script, PENDING)
    assert device.poll(scripted, SESSION, start.id) == Waiting(5)
    clock.advance(4.5)
    assert device.poll(scripted, SESSION, start.id) == Waiting(1)
    assert len(script.asked) == 1
    clock.advance(0.5)
    assert [device.poll(scripted, SESSION, start.id) for _ in range(3)] == [Waiting(5)] * 3
    assert len(script.asked) == 2


@pytest.mark.parametrize(
    ("reply", "after"),
    [
        (PENDING, 5),
        ((428, {"error": "authorization_pending"}), 5),
        ((400, {"error": "slow_down"}), 10),
        ((0, b""), 10),
        ((503, b""), 5),
    ],
    ids=range(5),
)
def test_it_goes_on_waiting(
    scripted: Desk, script: Script, clock: Clock, reply: tuple[int, Any], after: int
) -> None:
    start = started(scripted, script, reply, (200, GRANTED))
    clock.advance(5)
    assert device.poll(scripted, SESSION, start.id) == Waiting(after)
    clock.advance(after)
    assert isinstance(device.poll(scripted, SESSION, start.id), Authorised)
    assert script.form(1) == {
        "grant_type": "urn:ietf:params:oauth:grant-type:device_code",
        "device_code": "planted-device",
        "client_id": "acme-client",
        "client_secret": "planted-secret",
    }


@pytest.mark.parametrize(
    ("reply", "why"),
    [
        ((400, {"error": "access_denied"}), Trouble.DENIED),
        ((400, {"error": "expired_token"}), Trouble.EXPIRED),
        ((401, {"error": "invalid_client"}), Trouble.CLIENT),
        ((200, GRANTED | {"refresh_token": None}), Trouble.NO_REFRESH),
        ((404, b"planted"), Trouble.REFUSED),
    ],
    ids=range(5),
)
def test_it_ends_for_good(
    scripted: Desk, script: Script, clock: Clock, reply: tuple[int, Any], why: Trouble
) -> None:
    start = started(scripted, script, reply)
    clock.advance(5)
    assert [trouble(scripted, start.id), trouble(scripted, start.id)] == [why, why]
    assert len(script.asked) == 2
    assert Flow.objects.get().sealed == ""


def test_it_ends_when_the_code_expires(scripted: Desk, script: Script, clock: Clock) -> None:
    start = started(scripted, script, PENDING)
    clock.advance(600)
    assert trouble(scripted, start.id) is Trouble.EXPIRED
    assert len(script.asked) == 1


@pytest.mark.parametrize(
    ("told", "seconds"),
    [(1, 60), (300, 300), (86_400, 900), (None, 600), ("x", 600), (-1, 600), (1e300, 600)],
)
def test_a_code_lives_between_one_minute_and_fifteen(
    scripted: Desk, script: Script, told: object, seconds: int
) -> None:
    start = started(scripted, script, expires_in=told)
    assert (start.expires_at - NOW).total_seconds() == seconds


@pytest.mark.parametrize("told", [None, 0, -5, "x", 1e9, True, [5]])
def test_without_an_interval_it_is_five_seconds(
    scripted: Desk, script: Script, told: object
) -> None:
    assert started(scripted, script, interval=told).interval in (5, 1 if told is True else 5)


@pytest.mark.parametrize(
    "codes",
    [
        {"verification_uri": "javascript:alert(1)"},
        {"verification_uri": "https://acme.test@evil.test/"},
        {"verification_uri": "https://acme.test/ x"},
        {"verification_uri": "https://[bad"},
        {"verification_uri": ""},
        {"verification_uri": "https://a.test/" + "x" * 1_000},
        {"user_code": ""},
        {"user_code": "x" * 41},
        {"user_code": "\u202eabc"},
        {"device_code": ""},
        {"device_code": ["planted"]},
    ],
    ids=range(11),
)
def test_what_a_page_could_not_show_is_refused(
    scripted: Desk, script: Script, codes: dict[str, Any]
) -> None:
    with pytest.raises(FlowError) as caught:
        started(scripted, script, **codes)
    assert (caught.value.trouble, Flow.objects.count()) == (Trouble.AWAY, 0)


def test_a_link_that_is_none_is_left_out(scripted: Desk, script: Script) -> None:
    start = started(scripted, script, verification_uri_complete="javascript:alert(1)")
    assert (start.complete, start.verification_uri) == ("", "https://acme.test/device")


def test_google_calls_the_address_a_url(scripted: Desk, script: Script) -> None:
    known = {"verification_uri": None, "verification_url": "https://acme.test/old"}
    assert started(scripted, script, **known).verification_uri == "https://acme.test/old"


def test_a_page_that_is_loaded_again_shows_the_same(
    scripted: Desk, script: Script, clock: Clock
) -> None:
    start = started(scripted, script)
    assert device.shown(scripted, SESSION, start.id) == start
    assert device.shown(scripted, OTHER, start.id) is None
    clock.advance(600)
    assert device.shown(scripted, SESSION, start.id) is None


def test_another_session_s_flow_is_left_alone(scripted: Desk, script: Script, clock: Clock) -> None:
    start = started(scripted, script, (200, GRANTED))
    clock.advance(5)
    assert trouble(scripted, start.id, OTHER) is Trouble.STRANGER
    assert isinstance(device.poll(scripted, SESSION, start.id), Authorised)


def test_what_cannot_be_kept_has_failed(scripted: Desk, script: Script, clock: Clock) -> None:
    def keep(found: Authorised) -> int:
        raise ValueError("The account is there already.")

    start = started(scripted, script, (200, GRANTED))
    clock.advance(5)
    with pytest.raises(ValueError, match="there already"):
        device.poll(scripted, SESSION, start.id, keep=keep)
    view = record.view(SESSION, start.id, clock.now)
    assert view is not None
    assert view.status is Status.FAILED


def test_no_second_poll_begins_while_one_is_under_way(
    scripted: Desk, script: Script, clock: Clock
) -> None:
    start = started(scripted, script, (200, GRANTED))
    clock.advance(5)
    seen: list[object] = []

    def keep(found: Authorised) -> None:
        seen.append(trouble(scripted, start.id))

    device.poll(scripted, SESSION, start.id, keep=keep)
    assert (seen, len(script.asked)) == ([Trouble.EXPIRED], 2)


def test_no_code_is_shown(scripted: Desk, script: Script) -> None:
    start = started(scripted, script)
    row = repr(Flow.objects.values().get())
    assert "planted" not in f"{start!r} {row}"
    assert "WDJB" not in f"{start!r} {row}"
    assert ACME.client_secret not in row
