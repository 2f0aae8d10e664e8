from __future__ import annotations

import pytest
from django.test import Client
from django.urls import get_resolver
from drf_spectacular.drainage import GENERATOR_STATS

from panel.api import schema
from panel.api.base import View
from tests.support.console import PASSWORD, Caller
from tests.support.routes import walk

pytestmark = pytest.mark.django_db


def test_the_document_is_for_the_administrator(admin: Caller, visitor: Caller) -> None:
    assert visitor("GET", "/api/schema").status == 401
    found = admin("GET", "/api/schema")
    assert found.body["openapi"].startswith("3.")
    assert found.body["info"]["version"]


@pytest.mark.parametrize("kind", ["text/html", "application/vnd.oai.openapi+json", "x"])
def test_it_is_json_whatever_is_asked_for(console: Client, kind: str) -> None:
    token = Caller(console)("POST", "/auth/login", {"password": PASSWORD}).body["token"]
    headers = {"Authorization": f"Bearer {token}", "Accept": kind}
    answer = Client().get("/api/schema", headers=headers)
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/json")


@pytest.mark.usefixtures("console")
def test_it_is_made_without_a_warning() -> None:
    GENERATOR_STATS.reset()
    schema.document.cache_clear()
    schema.document()
    assert not GENERATOR_STATS


@pytest.mark.usefixtures("console")
def test_it_has_every_method_of_every_view() -> None:
    here = {
        (route.path, method.lower())
        for route in walk(get_resolver())
        if isinstance(view := getattr(route.view, "cls", None), type) and issubclass(view, View)
        for method in view().allowed_methods
        if method != "OPTIONS" and route.path != "/api/schema"
    }
    there = {(path, method) for path, each in schema.document()["paths"].items() for method in each}
    assert there == here


@pytest.mark.usefixtures("console")
def test_no_quota_column_is_written_by_any_shape_but_the_first_grant() -> None:
    shapes = schema.document()["components"]["schemas"]
    written = {
        (name, field)
        for name, shape in shapes.items()
        if name.endswith("Request")
        for field in shape["properties"]
        if field in {"total_quota", "used_quota", "used", "reserved", "reserved_quota", "balance"}
    }
    assert written == {
        ("KeyNewRequest", "total_quota"),
        ("KeysNewRequest", "total_quota"),
        ("ResizeRequest", "total_quota"),
    }


def test_the_page_says_it_all_and_loads_nothing_from_elsewhere(
    console: Client, visitor: Caller
) -> None:
    assert console.get("/api/docs").status_code == 302
    visitor("POST", "/auth/login", {"password": PASSWORD})
    page = console.get("/api/docs").content.decode()
    for path, methods in schema.document()["paths"].items():
        for method in methods:
            assert f'<code class="verb">{method.upper()}</code> <code>{path}</code>' in page
    assert "http://" not in page
    assert "https://" not in page
    assert " style=" not in page
