from __future__ import annotations

import pytest
from django.test import Client

pytestmark = pytest.mark.django_db

BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"


@pytest.mark.parametrize(
    "path", ["/auth/nowhere", "/auth/keys/", "/creds/a/b", "/usage", "/config/a/b/c", "/api/x"]
)
@pytest.mark.parametrize("accept", ["", "*/*", "application/json", "application/json, text/html"])
@pytest.mark.parametrize("method", ["get", "post", "delete"])
def test_an_unknown_address_of_the_api_is_answered_in_its_shape(
    site: Client, path: str, accept: str, method: str
) -> None:
    headers = {"accept": accept} if accept else {}
    answer = getattr(site, method)(path, headers=headers)
    assert answer.status_code == 404
    assert answer.json()["error"]["code"] == "path_not_found"
    assert "Accept" in answer["Vary"]


@pytest.mark.parametrize(
    ("path", "accept"),
    [
        ("/auth/nowhere", BROWSER),
        ("/auth/nowhere", "text/html"),
        ("/nowhere", "*/*"),
        ("/authority", "application/json, text/html"),
        ("/panel/api/nowhere", "*/*"),
    ],
)
def test_people_get_a_page(site: Client, path: str, accept: str) -> None:
    answer = site.get(path, headers={"accept": accept})
    assert answer.status_code == 404
    assert answer["Content-Type"].startswith("text/html")
    assert 'href="/"' in answer.content.decode()


def test_a_program_that_takes_no_page_gets_none(site: Client) -> None:
    answer = site.get("/authority", headers={"accept": "application/json"})
    assert answer.status_code == 404
    assert "check the base URL" in answer.json()["error"]["message"]


@pytest.mark.parametrize("accept", ["text/html;q=x", ";;,", "q=0", "é", "*" * 1_000])
def test_an_accept_that_says_nothing_harms_nobody(site: Client, accept: str) -> None:
    assert site.get("/auth/nowhere", headers={"accept": accept}).status_code == 404
