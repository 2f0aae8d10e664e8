from __future__ import annotations

import dataclasses
import ipaddress
from datetime import datetime, timedelta

import pytest
from cryptography.fernet import Fernet
from django.conf import settings
from django.test import Client, override_settings
from django.utils import timezone

from panel.auth import half
from tests.support.console import PASSWORD
from tests.support.factor import Phone, set_up

pytestmark = pytest.mark.django_db


def test_the_right_password_opens_the_console(console: Client) -> None:
    answer = console.post("/login", {"password": PASSWORD})
    assert answer.status_code == 303
    assert answer["Location"] == "/panel"
    assert console.get("/api-key-admin").status_code == 200


def test_it_goes_on_to_where_one_wanted_to_go(console: Client) -> None:
    page = console.get("/login?next=/api-key-admin/costs").content.decode()
    assert 'name="next" value="/api-key-admin/costs"' in page
    answer = console.post("/login", {"password": PASSWORD, "next": "/api-key-admin/costs"})
    assert answer["Location"] == "/api-key-admin/costs"


def test_an_address_in_another_script_is_one_for_a_browser(inside: Client) -> None:
    answer = inside.get("/login", {"next": "/panel?q=百家饭"})
    assert answer["Location"] == "/panel?q=%E7%99%BE%E5%AE%B6%E9%A5%AD"


@pytest.mark.parametrize("away", ["https://evil.example/", "//evil.example", "javascript:x", ""])
def test_it_never_leads_to_another_site(console: Client, away: str) -> None:
    answer = console.post("/login", {"password": PASSWORD, "next": away})
    assert answer["Location"] == "/panel"


def test_a_wrong_password_is_said_beside_the_field(console: Client) -> None:
    answer = console.post("/login", {"password": "wrong"})
    assert answer.status_code == 401
    assert "That is not the password." in answer.content.decode()
    assert 'value="wrong"' not in answer.content.decode()


def test_an_empty_password_asks_nobody(console: Client) -> None:
    assert console.post("/login", {"password": ""}).status_code == 422


def test_it_shows_when_one_may_try_again(console: Client) -> None:
    answers = [console.post("/login", {"password": "wrong"}) for _ in range(30)]
    locked = answers[-1]
    assert locked.status_code == 429
    assert int(locked["Retry-After"]) > 0
    assert "Try again in" in locked.content.decode()


def test_who_is_inside_is_not_asked_again(inside: Client) -> None:
    assert inside.get("/login").status_code == 303


def test_a_log_out_closes_the_console(inside: Client) -> None:
    cookie = inside.cookies["potluck_session"].value
    assert inside.post("/logout")["Location"] == "/login"
    inside.cookies["potluck_session"] = cookie
    assert inside.get("/api-key-admin").status_code == 302


def test_a_link_logs_nobody_out(inside: Client) -> None:
    assert inside.get("/logout").status_code == 405
    assert inside.get("/api-key-admin").status_code == 200


@pytest.fixture
def phone(console: Client) -> Phone:
    return set_up()


@pytest.fixture
def now(monkeypatch: pytest.MonkeyPatch) -> datetime:
    """A half minute that does not end."""
    moment = timezone.now()
    monkeypatch.setattr(timezone, "now", lambda: moment)
    return moment


def test_with_a_second_factor_a_code_is_asked_for(
    console: Client, phone: Phone, now: datetime
) -> None:
    answer = console.post("/login", {"password": PASSWORD, "next": "/api-key-admin"})
    assert answer["Location"] == "/login/code?next=%2Fapi-key-admin"
    assert console.get("/api-key-admin").status_code == 302
    page = console.get(answer["Location"]).content.decode()
    assert 'name="next" value="/api-key-admin"' in page
    assert 'autocomplete="one-time-code"' in page
    answer = console.post("/login/code", {"code": phone.code(now), "next": "/api-key-admin"})
    assert answer["Location"] == "/api-key-admin"
    assert answer.cookies[half.NAME]["max-age"] == 0
    assert console.get("/api-key-admin").status_code == 200


def test_a_recovery_code_opens_too(console: Client, phone: Phone) -> None:
    console.post("/login", {"password": PASSWORD})
    code = phone.recovery[0].replace("-", " ").upper()
    assert console.post("/login/code", {"code": code}).status_code == 303
    assert console.get("/api-key-admin").status_code == 200


@pytest.mark.parametrize(("code", "status"), [("", 422), ("x" * 101, 422), ("abc", 401)])
def test_what_is_no_code_is_said(console: Client, phone: Phone, code: str, status: int) -> None:
    console.post("/login", {"password": PASSWORD})
    answer = console.post("/login/code", {"code": code})
    assert answer.status_code == status
    assert 'role="alert"' in answer.content.decode()
    assert console.get("/api-key-admin").status_code == 302


def test_too_many_codes_wait(console: Client, phone: Phone, now: datetime) -> None:
    console.post("/login", {"password": PASSWORD})
    form = {"code": phone.wrong(now)}
    answers = [console.post("/login/code", form) for _ in range(7)]
    assert answers[-1].status_code == 429
    assert "Try again in" in answers[-1].content.decode()


@pytest.mark.parametrize("method", ["get", "post"])
def test_without_the_password_nobody_is_asked_for_a_code(
    console: Client, phone: Phone, method: str, now: datetime
) -> None:
    answer = getattr(console, method)("/login/code", {"code": phone.code(now)})
    assert (answer.status_code, answer["Location"]) == (302, "/login")


def test_half_a_login_is_over_after_five_minutes(
    console: Client, phone: Phone, monkeypatch: pytest.MonkeyPatch
) -> None:
    console.post("/login", {"password": PASSWORD})
    later = timezone.now() + timedelta(minutes=5)
    monkeypatch.setattr(timezone, "now", lambda: later)
    answer = console.post("/login/code", {"code": phone.code(later)})
    assert (answer.status_code, answer["Location"]) == (302, "/login")


def test_a_lost_vault_key_is_said(console: Client, phone: Phone, now: datetime) -> None:
    console.post("/login", {"password": PASSWORD})
    with override_settings(POTLUCK_VAULT_KEYS=[Fernet.generate_key()]):
        answer = console.post("/login/code", {"code": phone.code(now)})
    assert answer.status_code == 503
    assert "dropfactor" in answer.content.decode()


@pytest.mark.parametrize(
    ("origin", "words"),
    [
        ("https://testserver", ("TRUSTED_PROXIES", "X-Forwarded-Proto")),
        ("https://pot.example", ("<code>Host</code>",)),
        ("", ("reload the page",)),
    ],
)
def test_a_refused_form_tells_the_operator_what_to_set(
    console: Client, origin: str, words: tuple[str, ...]
) -> None:
    strict = Client(enforce_csrf_checks=True)
    headers = {"Origin": origin} if origin else {}
    answer = strict.post("/login", {"password": PASSWORD}, headers=headers)
    assert answer.status_code == 403
    assert all(word in answer.content.decode() for word in words)


def test_the_log_names_the_proxy_that_is_not_trusted(
    console: Client, caplog: pytest.LogCaptureFixture
) -> None:
    strict = Client(enforce_csrf_checks=True, REMOTE_ADDR="172.18.0.2")
    page = strict.post("/login", {}, headers={"Origin": "https://testserver"})
    assert "172.18.0.2" in caplog.text
    assert "172.18.0.2" not in page.content.decode()


def test_with_the_proxy_trusted_the_form_is_taken(console: Client) -> None:
    network = ipaddress.ip_network("172.16.0.0/12")
    config = dataclasses.replace(settings.POTLUCK, trusted_proxies=(network,))
    strict = Client(enforce_csrf_checks=True, REMOTE_ADDR="172.18.0.2")
    sent = {"Origin": "https://pot.test", "Host": "pot.test", "X-Forwarded-Proto": "https"}
    with override_settings(POTLUCK=config):
        strict.get("/login", headers=sent)
        token = strict.cookies["csrftoken"].value
        form = {"password": PASSWORD, "csrfmiddlewaretoken": token}
        assert strict.post("/login", form, headers=sent).status_code == 303
