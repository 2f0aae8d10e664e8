from __future__ import annotations

import pytest
from django.test import Client

from tests.support.console import PASSWORD

pytestmark = pytest.mark.django_db


def test_the_right_password_opens_the_console(console: Client) -> None:
    answer = console.post("/login", {"password": PASSWORD})
    assert answer.status_code == 303
    assert answer["Location"] == "/api-key-admin"
    assert console.get("/api-key-admin").status_code == 200


def test_it_goes_on_to_where_one_wanted_to_go(console: Client) -> None:
    page = console.get("/login?next=/api-key-admin/costs").content.decode()
    assert 'name="next" value="/api-key-admin/costs"' in page
    answer = console.post("/login", {"password": PASSWORD, "next": "/api-key-admin/costs"})
    assert answer["Location"] == "/api-key-admin/costs"


@pytest.mark.parametrize("away", ["https://evil.example/", "//evil.example", "javascript:x", ""])
def test_it_never_leads_to_another_site(console: Client, away: str) -> None:
    answer = console.post("/login", {"password": PASSWORD, "next": away})
    assert answer["Location"] == "/api-key-admin"


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
