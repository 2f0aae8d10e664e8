"""Every address and method: nobody gets in without the right that it asks for."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from django.urls import get_resolver

from keys.models import ApiKey, LedgerEntry
from panel.auth import cookie
from tests.support.console import PASSWORD, Caller, Person, admin, alice, bob, console, visitor
from tests.support.routes import Route, walk
from tests.support.site import real_settings, site

__all__ = ["admin", "alice", "bob", "console", "real_settings", "site", "visitor"]

pytestmark = pytest.mark.django_db

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE")

PUBLIC = {
    "/": {"GET", "HEAD"},
    "/static/{path}": {"GET", "HEAD"},
    "/healthz": {"GET", "HEAD"},
    "/robots.txt": {"GET", "HEAD"},
    "/favicon.ico": {"GET", "HEAD"},
    "/login": {"GET", "HEAD", "POST"},
    # Whoever has no session loses nothing.
    "/logout": {"POST"},
    "/preferences": {"POST"},
    "/api-key-query": {"GET", "HEAD", "POST"},
    "/key/{token}": {"GET", "HEAD", "POST"},
    "/auth/login": {"POST", "OPTIONS"},
    # Browsers ask them whether they may be asked.
    "/auth/quota": {"OPTIONS"},
    "/auth/quota/usage": {"OPTIONS"},
    "/auth/query": {"POST", "OPTIONS"},
    "/auth/handout/claim": {"POST", "OPTIONS"},
    "/auth/models/{model_name}/cost": {"GET", "HEAD", "OPTIONS"},
    "/auth/models/costs/{model_name}/cost": {"GET", "HEAD", "OPTIONS"},
    "/auth": {"GET", "HEAD", "POST", "OPTIONS"},
    "/auth/start": {"POST", "OPTIONS"},
    # What a browser brings back counts only with a flow that it has begun itself.
    "/auth/callback": {"GET", "HEAD", "POST", "OPTIONS"},
    "/auth/callback-url": {"POST", "OPTIONS"},
    "/auth/status/{id}": {"GET", "HEAD", "OPTIONS"},
    # Whoever has a receipt's address has the contribution.
    "/auth/receipt/{token}": {"GET", "HEAD"},
    "/auth/receipt/{token}/change": {"POST"},
    "/auth/receipt/{token}/withdraw": {"GET", "HEAD", "POST"},
}
"""Whoever adds an address decides here that it is public. OPTIONS of the API describes it."""

HOLDERS = {"/auth/quota", "/auth/quota/usage"}
"""What a gateway key opens: each shows the key's own figures."""

FIGURES: dict[str, Any] = {
    "used": 0,
    "used_quota": 0,
    "reserved": 0,
    "reserved_quota": 0,
    "remaining_quota": 10**6,
    "balance": 10**6,
    "total": 10**6,
    "deleted": False,
    "digest": "00",
    "id": 1,
    "created_at": "2000-01-01T00:00:00Z",
    "first_used_at": None,
}
"""What no request may set, beside `total_quota`."""


@pytest.fixture
def routes(console: Client) -> list[Route]:
    return list(walk(get_resolver()))


def calls(routes: list[Route], skipped: dict[str, set[str]]) -> Iterator[tuple[str, Route]]:
    for route in routes:
        for method in METHODS:
            if method not in skipped.get(route.path, ()):
                yield method, route


def closed(answer: Any, location: str) -> bool:
    """401, 403, a method that nobody may use, too fast, or the way to the login."""
    return answer in (401, 403, 405, 429) or (answer == 302 and location.startswith("/login"))


def shut(caller: Caller, method: str, url: str, body: object = None) -> bool:
    answer = caller(method, url, body)
    return closed(answer.status, answer.headers.get("Location", ""))


def test_every_public_address_exists(routes: list[Route]) -> None:
    assert PUBLIC.keys() | HOLDERS <= {route.path for route in routes}


def test_without_rights_nothing_but_the_public_is_open(
    routes: list[Route], visitor: Caller, alice: Person
) -> None:
    opened = [
        f"{method} {route.path}"
        for method, route in calls(routes, PUBLIC)
        if not shut(visitor, method, route.url(api_key=alice.id, key_id=alice.id), {})
    ]
    assert opened == []


@pytest.mark.parametrize("value", ["eyJ.a.b", "x" * 5_000, "sk-" + "a" * 43])
def test_an_invented_cookie_opens_nothing(routes: list[Route], value: str, alice: Person) -> None:
    caller = Caller(Client())
    caller.client.cookies[cookie.NAME] = value
    urls = [(method, each.url(api_key=alice.id)) for method, each in calls(routes, PUBLIC)]
    assert [f"{method} {url}" for method, url in urls if not shut(caller, method, url, {})] == []


def test_a_cookie_changes_nothing_without_the_csrf_token(
    routes: list[Route], alice: Person
) -> None:
    browser = Caller(Client(enforce_csrf_checks=True))
    browser("POST", "/auth/login", {"password": PASSWORD})
    guarded, taken = 0, []
    for method, route in calls(routes, PUBLIC | {path: set(METHODS) for path in HOLDERS}):
        if method not in ("POST", "PUT", "PATCH", "DELETE"):
            continue
        answer = browser(method, route.url(api_key=alice.id, key_id=alice.id), {})
        guarded += answer.status == 403
        if answer.status not in (403, 405):
            taken.append(f"{method} {route.path}: {answer.status}")
    assert taken == []
    assert guarded > 100
    assert browser("GET", "/auth/keys").status == 200


def test_a_key_opens_only_what_is_for_keys(routes: list[Route], alice: Person, bob: Person) -> None:
    skipped = PUBLIC | {path: {"GET", "HEAD", "OPTIONS"} for path in HOLDERS}
    opened = [
        f"{method} {route.path}"
        for method, route in calls(routes, skipped)
        for key in (alice.id, alice.secret, bob.id, bob.secret)
        if not shut(alice.call, method, route.url(api_key=key, key_id=alice.id), {})
    ]
    assert opened == []


@pytest.mark.parametrize("path", sorted(HOLDERS))
def test_two_tenants_never_see_each_other(
    admin: Caller, alice: Person, bob: Person, path: str
) -> None:
    admin("POST", f"/auth/keys/{bob.id}/grant", {"units": 17, "reason": "Bob's"})
    mine, theirs = alice.call("GET", path).body, bob.call("GET", path).body
    for query in (f"?id={bob.id}", f"?key_id={bob.id}", f"?api_key={bob.secret}"):
        answer = alice.call("GET", path + query)
        assert answer.status == 400 or answer.body == mine
    assert mine.get("id") == (alice.id if "id" in theirs else None)
    assert "Bob" not in str(mine)


def test_no_request_sets_a_figure_of_a_quota(
    routes: list[Route], admin: Caller, alice: Person
) -> None:
    def figures() -> list[object]:
        columns = ("id", "total_quota", "used", "reserved", "deleted", "created_at")
        return [*ApiKey.objects.values_list(*columns), LedgerEntry.objects.count()]

    ApiKey.objects.filter(pk=alice.id).update(used=40)
    before = figures()
    for route in routes:
        if not route.path.startswith("/auth/"):
            continue
        for method in ("POST", "PUT", "PATCH"):
            for extra in ({}, {"reason": "", "units": 1}, {"total_quota": 10**6}):
                admin(method, route.url(api_key=alice.id), {**FIGURES, **extra})
    assert figures() == before


def test_pages_set_no_figure_of_a_quota(routes: list[Route], alice: Person) -> None:
    browser = Client(raise_request_exception=False)
    Caller(browser)("POST", "/auth/login", {"password": PASSWORD})
    ApiKey.objects.filter(pk=alice.id).update(used=40)
    edits = [each for each in routes if each.path.endswith(("/edit", "/switch", "/looked"))]
    assert edits
    for route in edits:
        browser.post(route.url(key_id=alice.id), FIGURES | {"first_used_at": "", "total_quota": 9})
    key = ApiKey.objects.get(pk=alice.id)
    assert (key.total_quota, key.used, key.reserved, key.deleted) == (100, 40, 0, False)


@pytest.mark.parametrize("name", ["used_quota", "total_quota", "remaining_quota", "used"])
def test_a_change_that_names_a_figure_says_so(admin: Caller, alice: Person, name: str) -> None:
    answer = admin("PATCH", f"/auth/keys/{alice.id}", {name: 10**6, "description": "mine"})
    assert answer.status == 400
    assert name in answer.body["error"]["fields"]
    assert admin("GET", f"/auth/keys/{alice.id}").body["description"] == "Alice"
