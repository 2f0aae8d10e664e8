"""The login of scripts where a second factor is on."""

from __future__ import annotations

import pytest
from cryptography.fernet import Fernet
from django.test import Client, override_settings
from django.utils import timezone

from panel.auth import factor, half
from tests.support.console import PASSWORD, Answer, Caller
from tests.support.factor import Phone, set_up

pytestmark = pytest.mark.django_db

KEYS = "/auth/keys"


@pytest.fixture
def phone(console: Client) -> Phone:
    return set_up()


def ask(caller: Caller, code: str | None = None, password: str = PASSWORD) -> Answer:
    body = {"password": password} | ({} if code is None else {"code": code})
    return caller("POST", "/auth/login", body)


@pytest.mark.parametrize("code", [None, "", " "])
def test_the_password_alone_is_answered_with_a_stable_code(
    visitor: Caller, phone: Phone, code: str | None
) -> None:
    answer = ask(visitor, code)
    assert (answer.status, answer.code) == (401, "second_factor_required")
    assert "token" not in answer.body
    assert not visitor.client.cookies


def test_a_wrong_password_does_not_tell_that_there_is_one(visitor: Caller, phone: Phone) -> None:
    assert ask(visitor, password="wrong").code == "wrong_password"


def test_password_and_code_give_a_token(visitor: Caller, phone: Phone) -> None:
    answer = ask(visitor, phone.code(timezone.now()))
    assert answer.status == 200
    assert Caller(Client(), f"Bearer {answer.body['token']}")("GET", KEYS).status == 200


def test_a_code_is_good_once(visitor: Caller, phone: Phone) -> None:
    code = phone.code(timezone.now())
    assert ask(visitor, code).status == 200
    assert ask(visitor, code).code == "wrong_code"


def test_a_recovery_code_does_too(visitor: Caller, phone: Phone) -> None:
    assert ask(visitor, phone.recovery[0]).status == 200
    assert ask(visitor, phone.recovery[0]).code == "wrong_code"


def test_wrong_codes_lock_and_say_how_long(visitor: Caller, phone: Phone) -> None:
    said = [ask(visitor, phone.wrong(timezone.now())) for _ in range(7)]
    assert [answer.code for answer in said] == ["wrong_code"] * 6 + ["too_many_attempts"]
    assert int(said[-1].headers["Retry-After"]) >= 1


@pytest.mark.parametrize("shown", [PASSWORD, f"{PASSWORD}:000000"])
def test_the_password_is_no_bearer_any_more(admin: Caller, phone: Phone, shown: str) -> None:
    answer = Caller(Client(), f"Bearer {shown}")("GET", KEYS)
    assert (answer.status, answer.code) == (401, "second_factor_required")
    factor.disable()
    assert admin("GET", KEYS).status == 200


def test_one_that_was_remembered_is_none_either(admin: Caller) -> None:
    assert admin("GET", KEYS).status == 200
    set_up()
    assert admin("GET", KEYS).code == "second_factor_required"


def test_half_a_login_opens_nothing_else(console: Client, phone: Phone) -> None:
    console.post("/login", {"password": PASSWORD})
    token = console.cookies[half.NAME].value
    assert Caller(Client(), f"Bearer {token}")("GET", KEYS).status == 401
    assert Caller(Client(), f"Bearer {token}")("POST", "/auth/refresh").status == 401
    browser = Client()
    browser.cookies["potluck_session"] = token
    assert browser.get("/panel").status_code == 302


def test_a_lost_vault_key_is_said(visitor: Caller, phone: Phone) -> None:
    with override_settings(POTLUCK_VAULT_KEYS=[Fernet.generate_key()]):
        answer = ask(visitor, phone.code(timezone.now()))
    assert (answer.status, answer.code) == (503, "second_factor_unreadable")
    assert "dropfactor" in answer.body["error"]["message"]
