from __future__ import annotations

from datetime import timedelta

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory
from django.utils import timezone

from panel import auth
from panel.auth import cookie, sessions
from panel.auth.sessions import Ticket

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("console")]


@auth.admin_required
def page(request: HttpRequest) -> HttpResponse:
    return HttpResponse("secret")


def ticket(ago: timedelta = timedelta(0)) -> Ticket:
    return sessions.begin(0, timezone.now() - ago)


def asked(token: str = "", path: str = "/panel?a=1", **headers: str) -> HttpRequest:
    request = RequestFactory().get(path, headers=headers)
    request.COOKIES[cookie.NAME] = token
    return request


def test_who_is_not_logged_in_is_sent_to_the_login_and_back() -> None:
    response = page(asked())
    assert response.status_code == 302
    assert response["Location"] == "/login?next=%2Fpanel%3Fa%3D1"


def test_a_form_that_was_sent_too_late_is_not_sent_again() -> None:
    response = page(RequestFactory().post("/panel/delete"))
    assert response["Location"] == "/login"


@pytest.mark.parametrize(
    ("referer", "target"),
    [
        ("http://testserver/panel/keys/1/edit?a=1", "?next=%2Fpanel%2Fkeys%2F1%2Fedit%3Fa%3D1"),
        ("https://evil.example/panel/keys", ""),
        ("http://[", ""),
    ],
)
def test_a_form_that_was_sent_too_late_is_come_back_to(referer: str, target: str) -> None:
    request = RequestFactory().post("/panel/keys/1/edit", headers={"Referer": referer})
    assert page(request)["Location"] == f"/login{target}"


def test_a_part_of_a_page_has_the_whole_page_go_to_the_login() -> None:
    response = page(
        asked(**{"HX-Request": "true", "HX-Current-URL": "https://host.example/panel?b=2"})
    )
    assert response.status_code == 401
    assert response["HX-Redirect"] == "/login?next=%2Fpanel%3Fb%3D2"


def test_the_administrator_sees_the_page() -> None:
    response = page(asked(ticket().token))
    assert response.content == b"secret"
    assert cookie.NAME not in response.cookies


def test_a_cookie_is_renewed_when_half_of_its_time_is_over() -> None:
    old = ticket(timedelta(minutes=31))
    response = page(asked(old.token))
    found = sessions.find(response.cookies[cookie.NAME].value, timezone.now())
    assert found is not None
    assert found.jti == old.session.jti
    assert found.expires > old.session.expires


def test_the_session_is_that_of_the_cookie() -> None:
    now = ticket()
    assert auth.current(asked(now.token)) == now.session
    assert auth.current(asked()) is None
    assert auth.current(asked("eyJ.a.b")) is None


def test_logging_out_ends_the_session_and_loses_the_cookie() -> None:
    request, response = asked(ticket().token), HttpResponse()
    auth.logout(request, response)
    assert auth.current(request) is None
    assert response.cookies[cookie.NAME]["max-age"] == 0


@pytest.mark.parametrize(
    ("address", "target"),
    [
        ("/panel/keys?page=2", "/panel/keys?page=2"),
        ("https://evil.example/", "/panel"),
        ("//evil.example/", "/panel"),
        ("/\\evil.example", "/panel"),
        ("javascript:alert(1)", "/panel"),
        ("", "/panel"),
    ],
)
def test_the_way_back_stays_on_this_site(address: str, target: str) -> None:
    assert auth.destination(address) == target


@pytest.mark.parametrize(("secure", "flag"), [(True, True), (False, "")])
def test_the_cookie_is_for_this_browser_and_this_site_only(secure: bool, flag: object) -> None:
    response = HttpResponse()
    auth.keep(RequestFactory().get("/", secure=secure), response, ticket())
    found = response.cookies[cookie.NAME]
    assert found["httponly"] is True
    assert found["samesite"] == "Strict"
    assert found["path"] == "/"
    assert found["max-age"] == 3600
    assert found["secure"] == flag
