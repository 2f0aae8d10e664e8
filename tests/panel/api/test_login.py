from __future__ import annotations

import dataclasses
from datetime import timedelta
from threading import get_ident

import jwt
import pytest
from django.conf import settings
from django.test import AsyncClient, Client, override_settings
from django.utils import timezone

from keys.lockout import ADDRESS
from panel import password
from panel.auth import cookie, entry, sessions, tokens
from panel.auth.door import Door
from tests.support.console import PASSWORD, Caller

pytestmark = pytest.mark.django_db

KEYS = "/auth/keys"


def login(caller: Caller, text: str = PASSWORD) -> str:
    answer = caller("POST", "/auth/login", {"password": text})
    assert answer.status == 200
    return str(answer.body["token"])


def test_the_password_is_changed_for_a_token(visitor: Caller) -> None:
    answer = visitor("POST", "/auth/login", {"password": PASSWORD})
    assert answer.status == 200
    assert answer.body.keys() == {"token", "token_type", "expires_in", "session_ends_in"}
    assert (answer.body["token_type"], answer.body["expires_in"]) == ("bearer", 3600)
    assert answer.body["session_ends_in"] == 12 * 3600
    assert Caller(Client(), f"Bearer {answer.body['token']}")("GET", KEYS).status == 200


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"password": "wrong"}, 401, "wrong_password"),
        ({"password": f" {PASSWORD}"}, 401, "wrong_password"),
        ({"password": ""}, 400, "invalid_request"),
        ({"password": None}, 400, "invalid_request"),
        ({"password": "x" * 2_000}, 400, "invalid_request"),
        ({"password": "\ud800"}, 400, "invalid_request"),
        ({"password": PASSWORD, "user": "me"}, 400, "invalid_request"),
        ({"password": PASSWORD, "code": "x" * 101}, 400, "invalid_request"),
        ({"password": PASSWORD, "code": "\ud800"}, 400, "invalid_request"),
        ({"password": PASSWORD, "code": None}, 400, "invalid_request"),
        ({}, 400, "invalid_request"),
        ([PASSWORD], 400, "invalid_request"),
    ],
)
def test_nothing_else_is(visitor: Caller, body: object, status: int, code: str) -> None:
    answer = visitor("POST", "/auth/login", body)
    assert (answer.status, answer.code) == (status, code)
    assert cookie.NAME not in visitor.client.cookies


@pytest.mark.django_db(transaction=True)
async def test_the_hash_is_looked_at_beside_the_event_loop(
    console: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    threads = []

    def verify(attempt: str) -> bool:
        threads.append(get_ident())
        return True

    monkeypatch.setattr(entry, "door", Door(verify))
    body = {"password": "x"}
    answer = await AsyncClient().post("/auth/login", body, content_type="application/json")
    assert answer.status_code == 200
    assert len(threads) == 1
    assert get_ident() not in threads


def test_failures_lock_and_say_how_long(visitor: Caller) -> None:
    for _ in range(ADDRESS.free + 1):
        assert visitor("POST", "/auth/login", {"password": "guess"}).status == 401
    answer = visitor("POST", "/auth/login", {"password": PASSWORD})
    assert (answer.status, answer.code) == (429, "too_many_attempts")
    assert int(answer.headers["Retry-After"]) >= 1


def test_a_forged_address_does_not_unlock(visitor: Caller) -> None:
    for number in range(ADDRESS.free + 2):
        forged = {"X_Forwarded_For": f"203.0.113.{number}"}
        answer = visitor("POST", "/auth/login", {"password": "guess"}, **forged)
    assert answer.status == 429


def test_guesses_by_bearer_count_as_well(console: Client) -> None:
    caller = Caller(console, "Bearer guess")
    said = [caller("GET", KEYS).status for _ in range(ADDRESS.free + 2)]
    assert said == [401] * (ADDRESS.free + 1) + [429]


def test_a_gateway_key_is_no_guess(console: Client) -> None:
    caller = Caller(console, "Bearer sk-" + "a" * 43)
    assert {caller("GET", KEYS).status for _ in range(30)} == {401}


@pytest.mark.parametrize("scheme", ["Bearer ", "bearer ", ""])
def test_the_password_itself_is_a_bearer(console: Client, scheme: str) -> None:
    assert Caller(console, scheme + PASSWORD)("GET", KEYS).status == 200


def test_a_password_of_any_language_is_a_bearer(console: Client) -> None:
    config = dataclasses.replace(settings.POTLUCK, panel_password="芝麻开门芝麻开门")
    with override_settings(POTLUCK=config):
        sent = "Bearer 芝麻开门芝麻开门".encode().decode("latin-1")
        assert Caller(console, sent)("GET", KEYS).status == 200


def test_a_cookie_reads_and_needs_the_csrf_token_to_write(console: Client) -> None:
    browser = Caller(Client(enforce_csrf_checks=True))
    login(browser)
    assert browser("GET", KEYS).status == 200
    assert browser("POST", KEYS, {}).code == "csrf_failed"
    assert browser("POST", KEYS, {}, X_CSRFToken="x" * 32).code == "csrf_failed"
    token = browser.client.cookies["csrftoken"].value
    assert browser("POST", KEYS, {}, X_CSRFToken=token).status == 201


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "http://evil.example"},
        {"Origin": "null"},
        {"Referer": "http://evil.example/"},
        {"Sec_Fetch_Site": "cross-site"},
    ],
)
def test_another_site_cannot_use_the_cookie(console: Client, headers: dict[str, str]) -> None:
    browser = Caller(Client(enforce_csrf_checks=True))
    login(browser)
    token = browser.client.cookies["csrftoken"].value
    answer = browser("POST", KEYS, {}, X_CSRFToken=token, **headers)
    assert (answer.status, answer.code) == (403, "csrf_failed")


def test_a_bearer_needs_no_csrf_token(console: Client) -> None:
    caller = Caller(Client(enforce_csrf_checks=True), f"Bearer {PASSWORD}")
    assert caller("POST", KEYS, {}).status == 201


@pytest.mark.parametrize("claims", [{"generation": 9}, {"exp": 1}, {"iss": "other"}])
def test_a_bent_token_opens_nothing(console: Client, claims: dict[str, object]) -> None:
    key = tokens.key(settings.SECRET_KEY, PASSWORD)
    payload = jwt.decode(login(Caller(Client())), key, algorithms=["HS256"]) | claims
    caller = Caller(console, "Bearer " + jwt.encode(payload, key, "HS256"))
    assert caller("GET", KEYS).code == "authentication_failed"


def test_a_refreshed_token_is_one_of_the_same_session(console: Client) -> None:
    old = sessions.begin(0, timezone.now() - timedelta(minutes=50))
    answer = Caller(Client(), f"Bearer {old.token}")("POST", "/auth/refresh")
    assert answer.status == 200
    found = sessions.find(answer.body["token"], timezone.now())
    assert found is not None
    assert (found.jti, found.began) == (old.session.jti, old.session.began)
    assert cookie.NAME not in answer.headers.get("Set-Cookie", "")


def test_a_browser_gets_its_refreshed_token_as_a_cookie(console: Client) -> None:
    browser = Caller(Client())
    login(browser)
    browser.client.cookies[cookie.NAME] = sessions.begin(0, timezone.now()).token
    before = browser.client.cookies[cookie.NAME].value
    assert browser("POST", "/auth/refresh").status == 200
    assert cookie.NAME in browser.client.cookies
    assert sessions.find(before, timezone.now()) is not None


@pytest.mark.parametrize("by_cookie", [False, True])
def test_no_refresh_goes_beyond_twelve_hours(console: Client, by_cookie: bool) -> None:
    began = timezone.now() - timedelta(hours=11, minutes=40)
    old = sessions.renew(sessions.begin(0, began).session, began + timedelta(hours=11))
    caller = Caller(Client(), "" if by_cookie else f"Bearer {old.token}")
    if by_cookie:
        caller.client.cookies[cookie.NAME] = old.token
    answer = caller("POST", "/auth/refresh")
    assert answer.status == 200
    assert 0 < answer.body["session_ends_in"] <= answer.body["expires_in"] <= 20 * 60
    found = sessions.find(answer.body["token"], timezone.now())
    assert found is not None
    assert found.expires == found.ends == old.session.ends


def test_a_session_that_is_over_is_not_refreshed(console: Client) -> None:
    old = sessions.begin(0, timezone.now() - timedelta(hours=1))
    assert Caller(Client(), f"Bearer {old.token}")("POST", "/auth/refresh").status == 401


@pytest.mark.parametrize("path", ["/auth/refresh", "/auth/logout"])
def test_who_sends_the_password_itself_has_no_session(admin: Caller, path: str) -> None:
    answer = admin("POST", path)
    assert (answer.status, answer.code) == (409, "no_session")


def test_a_logged_out_token_is_over(console: Client) -> None:
    caller = Caller(Client(), f"Bearer {login(Caller(Client()))}")
    assert caller("POST", "/auth/logout").status == 204
    assert caller("GET", KEYS).status == 401
    assert caller("POST", "/auth/refresh").status == 401


def test_everywhere_is_out_of_every_session(admin: Caller) -> None:
    callers = [Caller(Client(), f"Bearer {login(Caller(Client()))}") for _ in range(2)]
    assert admin("POST", "/auth/logout", {"everywhere": True}).status == 204
    assert [caller("GET", KEYS).status for caller in callers] == [401, 401]
    assert login(Caller(Client()))


def test_a_cookie_that_comes_through_an_unknown_proxy_says_what_to_set(console: Client) -> None:
    browser = Caller(Client(enforce_csrf_checks=True))
    login(browser)
    token = browser.client.cookies["csrftoken"].value
    answer = browser("POST", KEYS, {}, X_CSRFToken=token, Origin="https://testserver")
    assert (answer.status, answer.code) == (403, "csrf_failed")
    assert "TRUSTED_PROXIES" in answer.body["error"]["message"]


def test_a_password_from_the_environment_is_changed_there(admin: Caller) -> None:
    answer = admin("POST", "/auth/password", {"old": PASSWORD, "new": "another one"})
    assert (answer.status, answer.code) == (409, "configured")


def test_a_changed_password_ends_all_sessions(console: Client) -> None:
    config = dataclasses.replace(settings.POTLUCK, panel_password="")
    with override_settings(POTLUCK=config):
        password.change("the old one")
        caller = Caller(Client(), f"Bearer {login(Caller(Client()), 'the old one')}")
        short = caller("POST", "/auth/password", {"old": "the old one", "new": "short"})
        assert "new" in short.body["error"]["fields"]
        wrong = caller("POST", "/auth/password", {"old": "guessed", "new": "the new one"})
        assert wrong.code == "wrong_password"
        body = {"old": "the old one", "new": "the new one"}
        assert caller("POST", "/auth/password", body).status == 204
        assert caller("GET", KEYS).status == 401
        assert Caller(Client(), "Bearer the new one")("GET", KEYS).status == 200
