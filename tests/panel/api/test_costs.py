from __future__ import annotations

import pytest
from django.test import Client

from keys import stored
from panel.api import costs
from panel.api.prices import Prices
from panel.bridge import Resolution
from tests.support.console import PASSWORD, Caller
from tests.support.namebook import Running, running

__all__ = ["running"]

pytestmark = pytest.mark.django_db

TABLE = "/auth/models/costs"


def test_a_cost_is_set_listed_asked_and_forgotten(admin: Caller, visitor: Caller) -> None:
    said = admin("POST", TABLE, {"model_name": "Gemini-2.5-Pro", "cost": 7})
    assert said.body == {"model_name": "gemini-2.5-pro", "cost": 7}
    assert admin("GET", TABLE).body == {"default_cost": 1, "model_costs": {"gemini-2.5-pro": 7}}
    asked = visitor("GET", "/auth/models/gemini-2.5-pro-maxthinking/cost").body
    assert asked == {"model_name": "gemini-2.5-pro-maxthinking", "cost": 7, "is_default": False}
    assert admin("DELETE", f"{TABLE}/gemini-2.5-pro").status == 204
    asked = visitor("GET", "/auth/models/gemini-2.5-pro/cost").body
    assert (asked["cost"], asked["is_default"]) == (10, True)


def test_a_name_may_have_slashes(admin: Caller, visitor: Caller) -> None:
    admin("POST", TABLE, {"model_name": "acme/big/cost", "cost": 3})
    assert visitor("GET", "/auth/models/acme/big/cost/cost").body["cost"] == 3
    assert admin("DELETE", f"{TABLE}/acme/big/cost").status == 204


def test_a_name_may_begin_with_the_word_costs(
    admin: Caller, visitor: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(costs, "_prices", Prices())
    admin("POST", TABLE, {"model_name": "costs/acme", "cost": 4})
    asked = visitor("GET", "/auth/models/costs/acme/cost")
    assert asked.body == {"model_name": "costs/acme", "cost": 4, "is_default": False}
    assert visitor("DELETE", f"{TABLE}/acme/cost").status == 401
    assert visitor("POST", f"{TABLE}/acme/cost").status == 405
    assert admin("DELETE", f"{TABLE}/acme/cost").status == 404
    assert admin("DELETE", f"{TABLE}/costs/acme").status == 204


def test_a_cookie_deletes_no_cost_without_the_csrf_token(console: Client) -> None:
    browser = Caller(Client(enforce_csrf_checks=True))
    browser("POST", "/auth/login", {"password": PASSWORD})
    assert browser("DELETE", f"{TABLE}/acme/cost").code == "csrf_failed"


@pytest.mark.parametrize("name", ["unknown", "a%00b", "%20", "%ff"])
def test_what_the_table_has_not_cannot_be_forgotten(admin: Caller, name: str) -> None:
    assert admin("DELETE", f"{TABLE}/{name}").code == "not_found"


@pytest.mark.parametrize(
    "body",
    [
        {"model_name": "", "cost": 1},
        {"model_name": "m", "cost": -1},
        {"model_name": "m", "cost": 10**16},
        {"model_name": "m" * 256, "cost": 1},
        {"model_name": "a\0b", "cost": 1},
        {"model_name": "m"},
    ],
)
def test_a_cost_that_cannot_be_is_refused(admin: Caller, body: object) -> None:
    assert admin("POST", TABLE, body).code == "invalid_request"


@pytest.mark.parametrize("name", ["a%00b", "%ff", "x" * 3_000])
def test_any_name_may_be_asked(visitor: Caller, name: str) -> None:
    assert visitor("GET", f"/auth/models/{name}/cost").body["cost"] == 1


@pytest.mark.parametrize(
    ("name", "found", "units"),
    [
        ("cheap", Resolution("", "gemini-2.5-pro", alias_of="gemini-2.5-pro"), 10),
        (
            "流式抗截断/gemini-2.5-pro",
            Resolution("", "gemini-2.5-pro", variant=(("anti_truncation", ""),)),
            20,
        ),
    ],
)
def test_a_name_costs_what_the_gateway_will_charge(
    visitor: Caller, running: Running, name: str, found: Resolution, units: int
) -> None:
    running.answers[name] = found
    asked = visitor("GET", f"/auth/models/{name}/cost").body
    assert asked == {"model_name": name, "cost": units, "is_default": True}


def test_a_change_raises_the_revision_that_gateways_watch(admin: Caller) -> None:
    admin("POST", TABLE, {"model_name": "m", "cost": 2})
    rows = stored.costs(-1)
    assert rows is not None
    assert stored.costs(rows.revision) is None
    admin("DELETE", f"{TABLE}/m")
    assert stored.costs(rows.revision) is not None
