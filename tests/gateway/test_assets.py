from __future__ import annotations

import gzip
from urllib.parse import parse_qs, urlsplit

import pytest
from django.contrib.staticfiles.storage import staticfiles_storage
from django.test import Client

from gateway import assets


def test_a_link_with_the_fingerprint_may_be_kept_for_ever(site: Client) -> None:
    answer = site.get(staticfiles_storage.url("css/base.css"))
    assert answer.status_code == 200
    assert answer["Content-Type"] == "text/css; charset=utf-8"
    assert "immutable" in answer["Cache-Control"]


@pytest.mark.parametrize("query", ["", "?v=00000000"])
def test_another_link_is_asked_again_soon(site: Client, query: str) -> None:
    assert site.get(f"/static/css/base.css{query}")["Cache-Control"] == "public, max-age=60"


def test_it_is_packed_for_whoever_unpacks_it(site: Client) -> None:
    plain = site.get("/static/css/base.css")
    packed = site.get("/static/css/base.css", headers={"Accept-Encoding": "br, gzip"})
    assert packed["Content-Encoding"] == "gzip"
    assert "Content-Encoding" not in plain
    assert gzip.decompress(packed.content) == plain.content
    assert all("Accept-Encoding" in each["Vary"] for each in (plain, packed))


@pytest.mark.usefixtures("site")
def test_the_fingerprint_is_of_the_content() -> None:
    (one,) = parse_qs(urlsplit(staticfiles_storage.url("css/base.css")).query)["v"]
    (other,) = parse_qs(urlsplit(staticfiles_storage.url("css/tokens.css")).query)["v"]
    assert one != other


@pytest.mark.parametrize(
    "name", ["css", "no.css", "../manage.py", "..%2fmanage.py", "/etc/passwd", "a%00b", "css/"]
)
def test_nothing_else_is_there(site: Client, name: str) -> None:
    assert site.get(f"/static/{name}").status_code == 404


@pytest.mark.usefixtures("site")
def test_a_link_to_nothing_is_a_plain_one() -> None:
    assert staticfiles_storage.url("no.css") == "/static/no.css"
    assert assets.find("no.css") is None


def test_it_is_only_for_reading(site: Client) -> None:
    assert site.post("/static/css/base.css").status_code == 405
