from __future__ import annotations

import re

import pytest
from django.test import Client
from django.urls import get_resolver, resolve

from panel.auth.pages import MARK
from panel.pages import urls

PUBLIC = {
    *("login", "login-code", "logout", "preferences", "query", "gift"),
    *("contribute", "receipt", "receipt-change", "receipt-withdraw"),
}

GUARDED = sorted(
    re.sub(r"<\w+:\w+>", "1", f"/{entry.pattern}")
    for entry in urls.urlpatterns
    if entry.name not in PUBLIC
)

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("path", GUARDED)
@pytest.mark.parametrize("method", ["get", "post"])
def test_only_the_administrator_comes_in(console: Client, path: str, method: str) -> None:
    answer = getattr(console, method)(path)
    if answer.status_code == 405:
        return
    assert answer.status_code == 302
    assert answer["Location"].startswith("/login")


@pytest.mark.parametrize("path", GUARDED)
def test_a_large_body_is_known_to_be_the_administrator_s_before_it_is_read(
    console: Client, path: str
) -> None:
    assert hasattr(resolve(path).func, MARK)


def test_every_other_page_is_public_on_purpose() -> None:
    names = {entry.name for entry in urls.urlpatterns}
    assert names >= PUBLIC
    assert len(GUARDED) == len(names - PUBLIC)


@pytest.mark.usefixtures("console")
def test_a_form_of_another_site_changes_nothing() -> None:
    strict = Client(enforce_csrf_checks=True)
    assert strict.post("/login", {"password": "x"}).status_code == 403
    assert strict.post("/api-key-query", {"api_key": "x"}).status_code == 403


def test_a_refused_form_says_what_to_do(console: Client) -> None:
    strict = Client(enforce_csrf_checks=True)
    page = strict.post("/login", {"password": "x"}, headers={"accept-language": "zh-CN"})
    assert "刷新后重新提交" in page.content.decode()


def test_the_addresses_are_in_the_site(console: Client) -> None:
    assert {"keys", "costs", "query"} <= set(get_resolver().reverse_dict)
