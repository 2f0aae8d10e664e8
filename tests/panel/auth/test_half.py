from __future__ import annotations

from datetime import UTC, datetime, timedelta

import jwt
import pytest
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory

from panel import password
from panel.auth import cookie, half, sessions, tokens
from tests.support.console import PASSWORD

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("console")]

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)


def kept(generation: int = 0) -> str:
    response = HttpResponse()
    half.keep(RequestFactory().post("/login"), response, generation, NOW)
    return response.cookies[half.NAME].value


def sent(value: str) -> HttpRequest:
    request = RequestFactory().get("/login/code")
    request.COOKIES[half.NAME] = value
    return request


def test_it_lasts_five_minutes() -> None:
    value = kept()
    assert half.find(sent(value), NOW + half.LIFE - timedelta(seconds=1)) == 0
    assert half.find(sent(value), NOW + half.LIFE) is None


def test_it_is_over_when_the_password_changes() -> None:
    value = kept()
    password.advance()
    assert half.find(sent(value), NOW) is None


def test_it_is_no_session() -> None:
    assert sessions.find(kept(), NOW) is None
    request = sent("")
    request.COOKIES[cookie.NAME] = kept()
    assert cookie.find(request, NOW) is None


def test_a_session_is_no_half_login() -> None:
    assert half.find(sent(sessions.begin(0, NOW).token), NOW) is None


@pytest.mark.parametrize("value", ["", "x", "eyJ.a.b", "é" * 20])
def test_an_invented_one_is_none(value: str) -> None:
    assert half.find(sent(value), NOW) is None


@pytest.mark.parametrize("claims", [{"iss": "potluck"}, {"generation": "0"}, {"exp": None}])
def test_a_bent_one_is_none(claims: dict[str, object]) -> None:
    key = tokens.key(settings.SECRET_KEY, PASSWORD, b"panel half ")
    payload = jwt.decode(kept(), key, algorithms=["HS256"], options={"verify_exp": False})
    assert half.find(sent(jwt.encode(payload, key, "HS256")), NOW) == 0
    assert half.find(sent(jwt.encode(payload | claims, key, "HS256")), NOW) is None


def test_no_script_and_no_other_page_gets_it() -> None:
    response = HttpResponse()
    half.keep(RequestFactory().post("/login", secure=True), response, 0, NOW)
    found = response.cookies[half.NAME]
    assert (found["httponly"], found["samesite"], found["path"]) == (True, "Strict", "/login")
    assert (found["secure"], found["max-age"]) == (True, 300)
