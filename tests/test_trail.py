"""Every address that changes something leaves an entry in the audit trail."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

import pytest
from django.conf import settings
from django.test import Client, override_settings
from django.urls import get_resolver
from django.utils import timezone

from credentials.models import Credential
from keys import services
from keys.limits.pace import Pace
from keys.making import Offer, batch
from keys.models import ApiKey
from panel import password
from panel.auth import entry
from panel.models import AuditEntry
from tests.support.console import PASSWORD, Caller, admin, console
from tests.support.pool import FakeGateway, add, gateway, lend
from tests.support.routes import Route, walk
from tests.support.site import real_settings, site

__all__ = ["admin", "console", "gateway", "real_settings", "site"]

pytestmark = pytest.mark.django_db

UNSAFE = ("POST", "PUT", "PATCH", "DELETE")


class Call(NamedTuple):
    """What is sent, how the address is filled in, and what is made before it: a key and a
    credential, both with the number 1."""

    body: Any = None
    named: dict[str, object] = {}  # noqa: RUF012 - a constant
    before: Callable[[], object] = lambda: None


def _flagged() -> None:
    services.flag(1, "many addresses", now=datetime(2026, 11, 21, tzinfo=UTC))


def _priced() -> None:
    services.set_cost("gpt", 5)


def _disabled() -> None:
    Credential.objects.update(enabled=False)


def _strikes() -> None:
    from gateway import stored

    stored.save("AUTO_BAN_STRIKES", "5")


PAGES = {
    "/api-key-admin/new": Call({"description": "Ada", "count": 1, "time_zone": "UTC"}),
    "/api-key-admin/bulk": Call({"key": "1", "action": "disable"}),
    "/api-key-admin/costs/add": Call({"pattern": "gpt", "units": 3}),
    "/api-key-admin/costs/change": Call({"pattern": "gpt", "units": 3}),
    "/api-key-admin/costs/drop": Call({"pattern": "gpt"}, before=_priced),
    "/api-key-admin/{key_id}/edit": Call({"description": "Bob", "time_zone": "UTC"}),
    "/api-key-admin/{key_id}/move": Call({"way": "grant", "units": 3}),
    "/api-key-admin/{key_id}/switch": Call({"enabled": "false"}),
    "/api-key-admin/{key_id}/looked": Call({}, before=_flagged),
    "/api-key-admin/{key_id}/delete": Call({"name": "Ada"}),
    "/panel/log/clear": Call({}),
    "/panel/playground/key": Call({}),
    "/panel/models/{what}": Call({"text": "fast=gpt"}, {"what": "aliases"}),
    "/panel/settings": Call({"shown": "AUTO_BAN", "was-AUTO_BAN": "true"}),
    "/panel/settings/reset": Call({"name": "AUTO_BAN_STRIKES"}, before=_strikes),
}
"""The form that each page takes."""

REST = {
    "POST /auth/keys": Call({"description": "Ada"}),
    "POST /auth/keys/batch": Call({"count": 2}),
    "POST /auth/keys/actions": Call({"action": "delete", "ids": [1]}),
    "PATCH /auth/keys/{api_key}": Call({"description": "Bob"}),
    "DELETE /auth/keys/{api_key}": Call(),
    "POST /auth/keys/{api_key}/grant": Call({"units": 3}),
    "POST /auth/keys/{api_key}/withdraw": Call({"units": 3}),
    "POST /auth/keys/{api_key}/refund": Call(
        {"units": 3}, before=lambda: ApiKey.objects.update(used=9)
    ),
    "POST /auth/keys/{api_key}/reset": Call({}),
    "POST /auth/keys/{api_key}/renew": Call({}),
    "POST /auth/keys/{api_key}/resize": Call({"total_quota": None}),
    "POST /auth/models/costs": Call({"model_name": "gpt", "cost": 3}),
    "DELETE /auth/models/costs/{model_name}": Call(None, {"model_name": "gpt"}, _priced),
    "POST /auth/logs/clear": Call({}),
    "POST /config/save": Call({"AUTO_BAN": False}),
    "PATCH /creds/{credential}": Call({"label": "Bob"}),
    "POST /creds/action": Call({"id": 1, "action": "enable"}, before=_disabled),
    "POST /creds/batch-action": Call({"ids": [1], "action": "test"}),
    "POST /creds/fetch-email/{credential}": Call(
        {}, {"credential": 2}, before=lambda: lend("account")
    ),
    "POST /creds/refresh-all-emails": Call({}, before=lambda: lend("account")),
    "POST /usage/update-limits": Call({"ids": [1], "day_cap": 5}),
    "POST /usage/reset": Call({"all": True}),
}

_OWN = "its page's own tests look at the trail"

EXEMPT = {
    "POST /preferences": "language and theme of one browser",
    "POST /api-key-query": "only reads: a key is no part of an address",
    "POST /auth/query": "the same",
    "POST /auth/refresh": "a token more of a session that is noted already",
    "POST /panel/log/restore": "takes back a clear; tests/panel/pages/test_livelog.py",
    "POST /panel/settings/undo": "tests/panel/pages/test_settings_history.py",
    "POST /creds/upload": "tests/panel/api/test_creds_files.py",
    "POST /auth/upload": "the same",
    "POST /auth/load-env-creds": "the same",
    "DELETE /auth/env-creds": "the same",
    "POST /auth/start": "nothing is lent yet",
    "POST /auth/callback": "tests/panel/pages/lend",
    "POST /auth/callback-url": "tests/panel/pages/lend",
    "POST /login": "below",
    "POST /auth/login": "below",
    "POST /logout": "below",
    "POST /auth/logout": "below",
    "POST /auth/password": "below",
    "POST /key/{token}": "below",
    "POST /auth/handout/claim": "below",
    "POST /login/code": "the second half of a login; tests/panel/auth",
    "POST /auth": _OWN,
    "POST /auth/models/costs/{model_name}/cost": "reads a cost, or is the DELETE of a name",
    **{
        f"POST {path}": _OWN
        for path in (
            "/auth/receipt/{token}",
            "/auth/receipt/{token}/change",
            "/auth/receipt/{token}/withdraw",
            "/panel/contributions",
            "/panel/contributions/login",
            "/panel/contributions/invites",
            "/panel/contributions/invites/{id}/drop",
            "/panel/contributions/{id}/approve",
            "/panel/contributions/{id}/reject",
            "/panel/contributions/{id}/switch",
            "/panel/credentials/new",
            "/panel/credentials/keys",
            "/panel/credentials/upload",
            "/panel/credentials/batch",
            "/panel/credentials/{id}/edit",
            "/panel/credentials/{id}/delete",
            "/panel/credentials/{id}/{verb}",
            "/panel/security/begin",
            "/panel/security/confirm",
            "/panel/security/codes",
            "/panel/security/off",
            "/panel/security/password",
            "/panel/security/leave",
        )
    },
}
"""Addresses that leave none, or are tested elsewhere, with the reason."""


@pytest.fixture
def world(console: Client, gateway: FakeGateway) -> Iterator[None]:
    ApiKey.objects.all().delete()
    services.create(settings.POTLUCK_PEPPER, total=100, description="Ada")
    ApiKey.objects.update(id=1)
    add("Ada")
    Credential.objects.update(id=1)
    yield


@pytest.fixture
def inside(world: None, console: Client) -> Client:
    assert console.post("/login", {"password": PASSWORD}).status_code == 303
    return console


def count() -> int:
    return AuditEntry.objects.count()


def mutating(routes: list[Route], inside: Client) -> Iterator[str]:
    """`METHOD path` of everything that may change something."""
    for route in routes:
        view = getattr(route.view, "cls", None)
        if view is None:
            if inside.post(route.url(), {"enabled": "true"}).status_code != 405:
                yield f"POST {route.path}"
            continue
        yield from (f"{each} {route.path}" for each in UNSAFE if each in view().allowed_methods)


def test_every_address_that_changes_something_is_accounted_for(inside: Client) -> None:
    here = set(mutating(list(walk(get_resolver())), inside))
    known = {f"POST {path}" for path in PAGES} | REST.keys() | EXEMPT.keys()
    assert here - known == set()


def route(path: str) -> Route:
    return next(each for each in walk(get_resolver()) if each.path == path)


@pytest.mark.parametrize("path", PAGES)
def test_what_is_done_on_a_page_is_noted(inside: Client, path: str) -> None:
    call = PAGES[path]
    call.before()
    before = count()
    answer = inside.post(route(path).url(**call.named), call.body)
    assert answer.status_code in (200, 201, 204, 303)
    assert count() > before
    assert AuditEntry.objects.latest("id").actor == "administrator"


@pytest.mark.parametrize("name", REST)
def test_what_is_done_through_the_api_is_noted(world: None, admin: Caller, name: str) -> None:
    (method, path), call = name.split(" "), REST[name]
    call.before()
    before = count()
    answer = admin(method, route(path).url(**call.named), call.body)
    assert answer.status in (200, 201, 204), answer.body
    assert count() > before
    assert AuditEntry.objects.latest("id").actor == "administrator"


@pytest.mark.parametrize("path", ["/api-key-admin/1/edit", "/api-key-admin/1/delete"])
def test_what_is_refused_leaves_nothing(inside: Client, path: str) -> None:
    before = count()
    assert inside.post(path, {"name": "Bob", "rpm": "-5"}).status_code == 422
    assert count() == before


def last() -> tuple[str, str]:
    found = AuditEntry.objects.latest("id")
    return found.action, found.actor


def test_logins_are_noted_and_so_are_refusals(
    console: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Other tests may have used up what it hears of in an hour.
    monkeypatch.setattr(entry, "_refusals", Pace(3_600.0))
    visitor = Caller(console)
    console.post("/login", {"password": "wrong-horse"})
    assert last() == ("session.refuse", "visitor")
    visitor("POST", "/auth/login", {"password": "wrong-horse"})
    assert (count(), last()[0]) == (2, "session.refuse")
    console.post("/login", {"password": PASSWORD})
    assert last() == ("session.begin", "administrator")
    assert "horse" not in "".join(AuditEntry.objects.values_list("after", flat=True))


@pytest.mark.parametrize("path", ["/logout", "/auth/logout"])
def test_a_log_out_is_noted(console: Client, path: str) -> None:
    token = Caller(console)("POST", "/auth/login", {"password": PASSWORD}).body["token"]
    headers = {"Authorization": f"Bearer {token}"} if path.startswith("/auth") else None
    answer = console.post(path, b"", content_type="application/json", headers=headers)
    assert answer.status_code in (204, 303)
    assert last() == ("session.end", "administrator")


def test_another_password_is_noted(admin: Caller) -> None:
    config = dataclasses.replace(settings.POTLUCK, panel_password="")
    password.change(PASSWORD)
    with override_settings(POTLUCK=config):
        body = {"old": PASSWORD, "new": "battery-staple"}
        assert admin("POST", "/auth/password", body).status == 204
    assert last() == ("password.change", "administrator")


@pytest.mark.parametrize("way", ["page", "api"])
def test_a_key_that_is_taken_by_its_link_is_noted(console: Client, way: str) -> None:
    until = timezone.now() + timedelta(days=1)
    offer = Offer(tuple(settings.POTLUCK_VAULT_KEYS), until)
    ((key, _secret, token),) = batch(settings.POTLUCK_PEPPER, 1, offer=offer)
    for _ in range(2):
        if way == "page":
            console.post(f"/key/{token}")
        else:
            Caller(console)("POST", "/auth/handout/claim", {"token": token})
    found = AuditEntry.objects.get()
    assert (found.action, found.actor) == ("handout.claim", "visitor")
    assert found.target == f"key {key.pk}"
